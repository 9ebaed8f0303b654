import { getRandomValues } from "node:crypto";
import type { BuiltBundle } from "../../../src/core/bundle/build-bundle.ts";
import type { Digest } from "../../../src/core/digest.ts";
import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import { ok } from "../../../src/core/result.ts";
import { NODE } from "../../../src/engine/backends/node/node-backend.ts";
import { createApp } from "../../../src/http/app.ts";
import type { ServiceDependencies } from "../../../src/service/dependencies.ts";
import { createMemoryBlobStore } from "../../../src/store/memory/memory-blob-store.ts";
import { createMemoryBundleStore } from "../../../src/store/memory/memory-bundle-store.ts";
import { createMemoryChannelStore } from "../../../src/store/memory/memory-channel-store.ts";
import { createMemoryHotfixStore } from "../../../src/store/memory/memory-hotfix-store.ts";
import { createMemoryModelStore } from "../../../src/store/memory/memory-model-store.ts";
import { createMemoryTokenStore } from "../../../src/store/memory/memory-token-store.ts";
import type { Stores } from "../../../src/store/ports.ts";
import { openEngine } from "../../engine/support/engines.ts";
import { tinyModel } from "../../fixtures/tiny-model.ts";
import { createPublisher, type Publisher, publishBody } from "./publisher.ts";

/** The token of local work in these tests. */
export const ADMIN_TOKEN = "errata-test-admin";
/** The moment at which everything in these tests happens. */
export const NOW = "2026-11-23T12:00:00.000Z";

/** What a request of a test may bring. */
export interface Call {
  readonly body?: unknown;
  /** A body sent in pieces, its length not announced. */
  readonly stream?: ReadableStream;
  /** Null sends no token. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** An address other than the loopback one. */
  readonly origin?: string;
}

/** A service over memory doubles, with a real engine on the tiny fixture model. */
export interface TestService {
  readonly publisher: Publisher;
  readonly stores: Stores;
  /** What the app was made of, for tests of its parts. */
  readonly dependencies: ServiceDependencies;
  readonly files: PreparedFiles;
  /** The bytes behind the blob store, so that a test can damage them. */
  readonly blobs: Map<Digest, Uint8Array>;
  /** Number of times an engine was opened. */
  readonly enginesOpened: () => number;
  readonly logged: string[];
  readonly call: (method: string, path: string, call?: Call) => Promise<Response>;
  /** Uploads a bundle's blobs and publishes it. */
  readonly publish: (bundle: BuiltBundle) => Promise<Response>;
}

const bodyOf = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === "string" || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>)
    : JSON.stringify(body);

let tiny: Promise<PreparedFiles> | undefined;

/** The fixture model, prepared once for all tests of a file. */
export const tinyFiles = (): Promise<PreparedFiles> => {
  tiny ??= tinyModel();
  return tiny;
};

const registerFixture = async (stores: Stores, files: PreparedFiles): Promise<void> => {
  const { graph, plain, weights, tokenizer } = files.model.digests;
  await stores.blobs.put(graph, files.graph);
  await stores.blobs.put(plain, files.plain);
  await stores.blobs.put(weights, files.weights);
  await stores.blobs.put(tokenizer, files.tokenizer);
  await stores.models.register(files.model, NOW);
};

/** Starts a service with the fixture registered as `tiny`, the default model. */
export const startService = async (
  overrides: Partial<ServiceDependencies> & { readonly registered?: boolean } = {},
): Promise<TestService> => {
  const publisher = await createPublisher();
  const files = await tinyFiles();
  const blobs = new Map<Digest, Uint8Array>();
  const models = createMemoryModelStore();
  const blobStore = createMemoryBlobStore(blobs);
  const hotfixes = createMemoryHotfixStore();
  const stores: Stores = {
    models,
    blobs: blobStore,
    bundles: createMemoryBundleStore(models, blobStore),
    hotfixes,
    channels: createMemoryChannelStore(blobStore, hotfixes),
    tokens: createMemoryTokenStore(),
  };
  if (overrides.registered !== false) await registerFixture(stores, files);
  const logged: string[] = [];
  let opened = 0;
  const dependencies: ServiceDependencies = {
    stores,
    backend: NODE,
    openEngine: async (model, parts) => {
      opened += 1;
      return ok(await openEngine({ model, ...parts }));
    },
    trustedKeys: publisher.trustedKeys,
    defaults: { model: "tiny", channel: "stable" },
    adminToken: ADMIN_TOKEN,
    now: () => new Date(NOW),
    clock: () => performance.now(),
    randomBytes: (count) => getRandomValues(new Uint8Array(count)),
    log: (message) => logged.push(message),
    ...overrides,
  };
  const app = createApp(dependencies);
  const call: TestService["call"] = async (method, path, call = {}) => {
    const { body, stream, token, headers, signal, origin } = call;
    return app.request(`${origin ?? "http://127.0.0.1:8787"}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token ?? ADMIN_TOKEN}` }),
        ...(body === undefined && !stream ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: bodyOf(body) }),
      ...(stream ? { body: stream, duplex: "half" } : {}),
      ...(signal ? { signal } : {}),
    });
  };
  const publish: TestService["publish"] = async (bundle) => {
    for (const [digest, bytes] of bundle.blobs) await blobStore.put(digest, bytes);
    return call("POST", "/v1/bundles", { body: await publishBody(publisher, bundle) });
  };
  return {
    publisher,
    stores,
    files,
    blobs,
    dependencies,
    enginesOpened: () => opened,
    logged,
    call,
    publish,
  };
};

/** Everything that a refused request must leave as it was, in a form that can be compared. */
export const snapshotOf = async ({ stores, blobs }: TestService): Promise<unknown> => ({
  models: await stores.models.list(),
  bundles: await stores.bundles.list("tiny", { limit: 100 }),
  channels: await stores.channels.list(),
  tokens: await stores.tokens.list(),
  blobs: [...blobs.keys()].sort(),
});

/** The status and the code of a refusal, with what its envelope must always have. */
export const refusalOf = async (
  response: Response,
): Promise<{ readonly status: number; readonly code: string; readonly param: string | null }> => {
  const { error } = (await response.json()) as {
    error: { message: string; type: string; param: string | null; code: string };
  };
  if (error.message.length === 0 || error.type.length === 0)
    throw new Error("a refusal without a message or a type");
  return { status: response.status, code: error.code, param: error.param };
};
