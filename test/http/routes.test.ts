import { beforeAll, describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/core/base64.ts";
import type { BuiltBundle } from "../../src/core/bundle/build-bundle.ts";
import { digestOf } from "../../src/core/digest.ts";
import { bundleOf, publishBody } from "./support/publisher.ts";
import { NOW, refusalOf, snapshotOf, startService, type TestService } from "./support/service.ts";

let service: TestService;
let first: BuiltBundle;
let second: BuiltBundle;

const get = async (path: string): Promise<unknown> => (await service.call("GET", path)).json();
const post = async (path: string, body: object): Promise<unknown> =>
  (await service.call("POST", path, { body })).json();
const STABLE = "/v1/models/tiny/channels/stable";

beforeAll(async () => {
  service = await startService();
  first = await bundleOf(service.files.model, [], { seed: 1 });
  second = await bundleOf(service.files.model, [], { seed: 2, parent: first.id });
});

describe("health", () => {
  it("answers without a token", async () => {
    const response = await service.call("GET", "/healthz", { token: null });
    expect(await response.json()).toEqual({ status: "ok" });
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f]{16}$/);
  });

  it("is ready once the default model is registered, and tells a silent database from a missing model", async () => {
    expect(await get("/readyz")).toEqual({ status: "ready", model: "tiny" });
    const empty = await startService({ registered: false });
    expect(await refusalOf(await empty.call("GET", "/readyz"))).toMatchObject({
      status: 503,
      code: "model_not_loaded",
    });
    const find = () => Promise.reject(new Error("D1_ERROR"));
    const silent = await startService({
      stores: { ...empty.stores, models: { ...empty.stores.models, find } },
      registered: false,
    });
    const refusal = await refusalOf(await silent.call("GET", "/readyz"));
    expect(refusal).toMatchObject({ status: 503, code: "service_unreachable" });
    expect(silent.logged).toHaveLength(1);
  });
});

describe("a defect", () => {
  it("is logged and answered without its text", async () => {
    const list = () => Promise.reject(new Error("secret path"));
    const broken = await startService({
      stores: { ...service.stores, models: { ...service.stores.models, list } },
      registered: false,
    });
    const response = await broken.call("GET", "/v1/models");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret path");
    expect(broken.logged).toHaveLength(1);
    expect(broken.logged[0]).toContain(response.headers.get("x-request-id"));
  });
});

describe("blobs", () => {
  it("are stored once, told apart from missing ones, and served as immutable", async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const digest = await digestOf(bytes);
    expect(await post("/v1/blobs/missing", { digests: [digest, digest] })).toEqual({ missing: [digest] });
    expect((await service.call("PUT", `/v1/blobs/${digest}`, { body: bytes })).status).toBe(201);
    expect((await service.call("PUT", `/v1/blobs/${digest}`, { body: bytes })).status).toBe(200);
    expect(await post("/v1/blobs/missing", { digests: [digest] })).toEqual({ missing: [] });
    const response = await service.call("GET", `/v1/blobs/${digest}`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    expect(response.headers.get("etag")).toBe(`"${digest}"`);
    expect(response.headers.get("cache-control")).toContain("immutable");
  });
});

describe("models", () => {
  it("are registered again without effect, and never under other digests", async () => {
    const { model } = service.files;
    expect(await (await service.call("PUT", "/v1/models/tiny", { body: { model } })).json()).toMatchObject({
      status: "already registered",
    });
    const digests = { ...model.digests, graph: model.digests.weights };
    const before = await snapshotOf(service);
    const conflict = await service.call("PUT", "/v1/models/tiny", { body: { model: { ...model, digests } } });
    expect(await refusalOf(conflict)).toMatchObject({ status: 409, code: "model_conflict" });
    const renamed = await service.call("PUT", "/v1/models/other", { body: { model } });
    expect(await refusalOf(renamed)).toMatchObject({
      status: 400,
      code: "invalid_request",
      param: "model.name",
    });
    const malformed = await service.call("PUT", "/v1/models/tiny", {
      body: { model: { ...model, layers: 0 } },
    });
    expect(await refusalOf(malformed)).toMatchObject({
      status: 422,
      code: "malformed_model",
      param: "model.layers",
    });
    expect(await snapshotOf(service)).toEqual(before);
  });
});

describe("the way of a bundle", () => {
  it("begins with a dry run that writes nothing", async () => {
    const before = await snapshotOf(service);
    const body = await publishBody(service.publisher, first, { dryRun: true });
    expect(await post("/v1/bundles", body)).toEqual({
      id: first.id,
      model: "tiny",
      version: 1,
      status: "would publish",
    });
    expect(await snapshotOf(service)).toEqual(before);
  });

  it("gives each bundle the next number, and the same bytes the same number", async () => {
    expect(await (await service.publish(first)).json()).toMatchObject({ version: 1, status: "published" });
    expect(await (await service.publish(second)).json()).toMatchObject({ version: 2, status: "published" });
    const again = await service.publish(first);
    expect(again.status).toBe(200);
    expect(await again.json()).toMatchObject({ version: 1, status: "already published" });
    const body = await publishBody(service.publisher, first, { dryRun: true });
    expect(await post("/v1/bundles", body)).toMatchObject({ version: 1, status: "already published" });
  });

  it("lists bundles newest first, page by page, and shows one with its exact bytes", async () => {
    const page = (await get("/v1/bundles?limit=1")) as { data: { version: number }[]; more: boolean };
    expect(page).toMatchObject({ data: [{ id: second.id, version: 2, parent: first.id }], more: true });
    expect(await get("/v1/bundles?limit=1&after=2")).toMatchObject({ data: [{ version: 1 }], more: false });
    const shown = await get("/v1/bundles/tiny@1");
    expect(shown).toMatchObject({
      id: first.id,
      manifest: encodeBase64(first.manifestBytes),
      publishedAt: NOW,
    });
    expect(await get(`/v1/bundles/${first.id}`)).toEqual(shown);
  });

  it("plans a release without making it, then makes it", async () => {
    const dry = await post(`${STABLE}/release`, { version: 1, message: "try", dryRun: true });
    expect(dry).toMatchObject({ status: "would release", after: { version: 1, sequence: 1 }, audit: null });
    expect(await get(STABLE)).toEqual({
      model: "tiny",
      channel: "stable",
      bundle: null,
      version: null,
      hotfixes: [],
      disabled: [],
      patchSet: "none",
      sequence: 0,
      updatedAt: null,
    });
    expect(await post(`${STABLE}/release`, { version: "1", message: "first" })).toMatchObject({
      status: "released",
      before: { version: null, sequence: 0 },
      after: { version: 1, bundle: first.id, sequence: 1, updatedAt: NOW },
      audit: { sequence: 1, action: "release", message: "first", actor: "local-admin" },
    });
    await post(`${STABLE}/release`, { version: second.id, message: "second", expectedSequence: 1 });
    expect(await get(STABLE)).toMatchObject({ version: 2, sequence: 2 });
  });

  it("lists models with their channels, parents and roots", async () => {
    const listed = (await get("/v1/models")) as { data: { id: string }[] };
    expect(listed.data).toMatchObject([
      { id: "tiny", parent: null, errata: { version: 2, channel: "stable" } },
      { id: "tiny@stable", parent: "tiny", root: second.id, errata: { bundle: second.id, version: 2 } },
    ]);
    expect(await get("/v1/models/tiny@stable")).toMatchObject({ id: "tiny@stable", errata: { bundles: 2 } });
    expect(await refusalOf(await service.call("GET", "/v1/models/tiny@stable@x"))).toMatchObject({
      status: 404,
      code: "unknown_channel",
    });
    expect(await get("/v1/models/tiny")).toMatchObject({
      errata: { prepared: { name: "tiny" }, channels: [{ version: 2 }] },
    });
    expect(await get("/v1/channels?model=tiny")).toMatchObject({ data: [{ channel: "stable", version: 2 }] });
  });

  it("rolls back one release at a time, or to a version, and keeps every move", async () => {
    const body = { message: "worse" };
    expect(await post(`${STABLE}/rollback`, { ...body, dryRun: true })).toMatchObject({
      status: "would roll back",
      after: { version: 1 },
    });
    expect(await post(`${STABLE}/rollback`, body)).toMatchObject({
      status: "rolled back",
      after: { version: 1, sequence: 3 },
    });
    expect(await post(`${STABLE}/rollback`, { ...body, to: "none" })).toMatchObject({
      after: { version: null, sequence: 4 },
    });
    const history = (await get(`${STABLE}/history`)) as {
      data: { sequence: number; toVersion: number | null }[];
    };
    expect(history.data.map(({ sequence, toVersion }) => [sequence, toVersion])).toEqual([
      [4, null],
      [3, 1],
      [2, 2],
      [1, 1],
    ]);
    expect(await get("/v1/audit?model=tiny&channel=stable")).toMatchObject({
      verified: true,
      data: [{ sequence: 1 }, {}, {}, {}],
    });
  });

  it("shows a changed audit row as not verified", async () => {
    const { channels } = service.stores;
    const history: typeof channels.history = async (model, channel) =>
      (await channels.history(model, channel)).map((row) => ({ ...row, message: "forged" }));
    const forged = await startService({
      stores: { ...service.stores, channels: { ...channels, history } },
      registered: false,
    });
    expect(await (await forged.call("GET", "/v1/audit")).json()).toMatchObject({ verified: false });
  });
});

describe("an isolate", () => {
  it("opens the model once for requests that come together", async () => {
    const fresh = await startService();
    const ask = () => fresh.call("POST", "/v1/completions", { body: { prompt: "The", max_tokens: 1 } });
    const statuses = (await Promise.all([ask(), ask(), ask()])).map((response) => response.status);
    expect(statuses).toEqual([200, 200, 200]);
    expect((await ask()).status).toBe(200);
    expect(fresh.enginesOpened()).toBe(1);
  });

  it("reads nothing but the pointer once it is warm", async () => {
    const { stores } = service;
    const reads: string[] = [];
    const counted = <Store extends object>(name: string, store: Store): Store =>
      new Proxy(store, {
        get: (target, property, receiver) => {
          reads.push(`${name}.${String(property)}`);
          return Reflect.get(target, property, receiver);
        },
      });
    const warm = await startService({
      registered: false,
      trustedKeys: service.publisher.trustedKeys,
      stores: {
        models: counted("models", stores.models),
        bundles: counted("bundles", stores.bundles),
        hotfixes: counted("hotfixes", stores.hotfixes),
        blobs: counted("blobs", stores.blobs),
        channels: counted("channels", stores.channels),
        tokens: counted("tokens", stores.tokens),
      },
    });
    await post(`${STABLE}/release`, { version: 1, message: "again" });
    const ask = () => warm.call("POST", "/v1/completions", { body: { prompt: "The", max_tokens: 1 } });
    expect((await ask()).headers.get("errata-version")).toBe("1");
    expect(reads).toContain("bundles.signed");
    reads.length = 0;
    expect((await ask()).headers.get("errata-version")).toBe("1");
    expect(reads).toEqual(["channels.find"]);
  });
});
