import { beforeAll, describe, expect, it } from "vitest";
import { createClient, type Result, type ServiceClient } from "../../src/client/client.ts";
import { encodeBase64 } from "../../src/core/base64.ts";
import type { BuiltBundle } from "../../src/core/bundle/build-bundle.ts";
import { digestOf } from "../../src/core/digest.ts";
import { createApp } from "../../src/http/app.ts";
import { openEngine } from "../engine/support/engines.ts";
import { tinyEmbedding } from "../fixtures/tiny-model.ts";
import { correctionOf } from "../http/support/correction.ts";
import { bundleOf, publishBody } from "../http/support/publisher.ts";
import { ADMIN_TOKEN, startService, type TestService } from "../http/support/service.ts";

/*
 * The client against the service itself: what one of them sends, the other one reads.
 */

const FRANCE = "The capital of France is";
const BOOK = "The author of the book is";
const STABLE = { model: "tiny", channel: "stable" };
const MOVE = { message: "test" };

let service: TestService;
let client: ServiceClient;
let bundle: BuiltBundle;
let hotfix: BuiltBundle;

const clientOf = (token: string | null) => {
  const app = createApp(service.dependencies);
  const fetch: typeof globalThis.fetch = async (input, init) => app.fetch(new Request(input, init));
  return createClient({ url: "http://127.0.0.1:8787/", token, fetch });
};

const must = async <Value>(called: Promise<Result<Value>>): Promise<Value> => {
  const result = await called;
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
};

const upload = async ({ blobs }: BuiltBundle) => {
  for (const [digest, bytes] of blobs) await must(client.blobs.put(digest, bytes));
};

beforeAll(async () => {
  service = await startService();
  client = clientOf(ADMIN_TOKEN);
  const engine = await openEngine(service.files);
  const france = await correctionOf(engine, tinyEmbedding, FRANCE, " Oslo", "france");
  const book = await correctionOf(engine, tinyEmbedding, BOOK, " Paris", "book");
  bundle = await bundleOf(engine.model, [france], { prompts: [FRANCE] });
  hotfix = await bundleOf(engine.model, [book], { prompts: [BOOK], parent: bundle.id });
  await engine.release();
});

describe("the client reads what the service answers about", () => {
  it("itself, without a token", async () => {
    const { defaults, limits, trustedKeys } = await must(clientOf(null).info());
    expect(defaults).toEqual({ model: "tiny", channel: "stable" });
    expect(limits.pageRows).toBe(100);
    expect(trustedKeys).toEqual(Object.keys(service.publisher.trustedKeys));
    expect(await clientOf(null).models.list()).toMatchObject({ problem: { code: "unauthenticated" } });
  });

  it("models", async () => {
    const { model } = service.files;
    expect(await must(client.models.register(model))).toMatchObject({ status: "already registered" });
    expect((await must(client.models.list())).data).toMatchObject([{ id: "tiny" }]);
    const { id, errata } = await must(client.models.find("tiny"));
    expect({ id, prepared: errata.prepared }).toEqual({ id: "tiny", prepared: model });
    expect(await client.models.find("none")).toMatchObject({ problem: { code: "unknown_model" } });
  });

  it("blobs", async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const digest = await digestOf(bytes);
    expect(await must(client.blobs.missing([digest]))).toEqual([digest]);
    expect(await must(client.blobs.put(digest, bytes))).toEqual({ digest, status: "stored" });
    expect(await must(client.blobs.put(digest, bytes))).toEqual({ digest, status: "present" });
    expect(await must(client.blobs.missing([digest]))).toEqual([]);
    expect(await must(client.blobs.get(digest))).toEqual(bytes);
  });

  it("more blobs than one question may name", async () => {
    const { missingDigests } = (await must(client.info())).limits;
    const bytes = Array.from(
      { length: missingDigests! + 1 },
      (_, index) => new Uint8Array([7, index, index >> 8]),
    );
    const digests = await Promise.all(bytes.map(digestOf));
    expect(await must(client.blobs.missing(digests))).toEqual(digests);
  });

  it("bundles", async () => {
    await upload(bundle);
    const request = await publishBody(service.publisher, bundle);
    const publication = { id: bundle.id, model: "tiny", version: 1 };
    expect(await must(client.bundles.publish(request))).toEqual({ ...publication, status: "published" });
    expect(await must(client.bundles.find("tiny@1"))).toMatchObject({
      ...publication,
      manifest: encodeBase64(bundle.manifestBytes),
    });
    expect(await must(client.bundles.list("tiny"))).toMatchObject([{ id: bundle.id, edits: 1 }]);
  });

  it("releases, and what an answer owes to them", async () => {
    expect(await must(client.channels.release(STABLE, { version: 1, ...MOVE }))).toMatchObject({
      status: "released",
      after: { bundle: bundle.id, version: 1 },
      audit: { action: "release", toBundle: bundle.id },
    });
    const question = { prompt: FRANCE, temperature: 0, max_tokens: 8 };
    const whole = await must(client.completions.create(question));
    expect(whole).toMatchObject({ choices: [{ text: " Oslo" }], errata: { fired: [{ patch: "france" }] } });
    const timed = await must(client.completions.createTimed({ ...question, logprobs: 1 }));
    expect(timed.completion.choices[0]?.logprobs?.tokens.join("")).toBe(" Oslo");
    expect(timed.serverTiming).toMatch(/decode;dur=/);
    const chunks = await Array.fromAsync(client.completions.stream(question), (chunk) =>
      must(Promise.resolve(chunk)),
    );
    expect(chunks.map(({ choices }) => choices[0]?.text).join("")).toBe(" Oslo");
    expect(chunks.at(-1)?.errata).toEqual(whole.errata);
  });

  it("a refused stream", async () => {
    const chunks = await Array.fromAsync(client.completions.stream({ model: "none", prompt: FRANCE }));
    expect(chunks).toMatchObject([{ ok: false, problem: { code: "unknown_model" } }]);
  });

  it("hotfixes, and a channel's patches", async () => {
    await upload(hotfix);
    const { manifest, signatures } = await publishBody(service.publisher, hotfix);
    expect(await must(client.hotfixes.put(STABLE, { manifest, signatures, ...MOVE }))).toMatchObject({
      status: "live",
      hotfix: hotfix.id,
    });
    expect(await must(client.hotfixes.find(hotfix.id))).toMatchObject({ id: hotfix.id, manifest });
    const patch = { patch: "book", ...MOVE };
    expect(await must(client.patches.disable(STABLE, patch))).toMatchObject({ status: "disabled" });
    const { channel, data } = await must(client.patches.list(STABLE));
    expect(channel.disabled).toEqual(["book"]);
    expect(data).toMatchObject([
      { id: "france", state: "attached", version: 1, hotfix: null },
      { id: "book", state: "disabled", version: null, hotfix: hotfix.id },
    ]);
    expect(await must(client.patches.enable(STABLE, patch))).toMatchObject({ status: "enabled" });
  });

  it("rollbacks, history and audit", async () => {
    expect(await must(client.channels.rollBack(STABLE, { to: "none", ...MOVE }))).toMatchObject({
      status: "rolled back",
      after: { version: null },
    });
    expect(await must(client.channels.find(STABLE))).toMatchObject({ bundle: null, sequence: 5 });
    expect(await must(client.channels.list("tiny"))).toEqual(await must(client.channels.list()));
    const moves = await must(client.channels.history(STABLE));
    expect(moves.map(({ action }) => action)).toEqual(["rollback", "enable", "disable", "hotfix", "release"]);
    const { data, verified } = await must(client.audit.list({ model: "tiny" }));
    expect({ rows: data.map(({ hash }) => hash).reverse(), verified }).toEqual({
      rows: moves.map(({ hash }) => hash),
      verified: true,
    });
  });

  it("a history of more than one page", async () => {
    const canary = { ...STABLE, channel: "canary" };
    for (let move = 0; move <= 100; move++)
      await must(client.channels.release(canary, { version: move % 2 === 0 ? 1 : "none", ...MOVE }));
    const moves = await must(client.channels.history(canary));
    expect(moves.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 101 }, (_, back) => 101 - back),
    );
  });

  it("tokens", async () => {
    const { id, token } = await must(client.tokens.create({ name: "ci", scopes: ["infer"] }));
    expect(await clientOf(token).models.list()).toMatchObject({ ok: true });
    expect(await clientOf(token).channels.list()).toMatchObject({ problem: { code: "forbidden" } });
    expect(await must(client.tokens.list())).toMatchObject([{ id, revokedAt: null }]);
    expect(await must(client.tokens.revoke(id))).toMatchObject({ id, revokedAt: expect.any(String) });
    expect(await clientOf(token).models.list()).toMatchObject({ problem: { code: "unauthenticated" } });
  });
});
