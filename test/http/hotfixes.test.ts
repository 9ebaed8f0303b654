import { beforeAll, describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/core/base64.ts";
import type { BuiltBundle } from "../../src/core/bundle/build-bundle.ts";
import { CHANNEL_MAX_HOTFIXES } from "../../src/core/release/channel.ts";
import { verifyAudit } from "../../src/core/release/verify-audit.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Completion } from "../../src/wire/completion.ts";
import { openEngine } from "../engine/support/engines.ts";
import { tinyEmbedding } from "../fixtures/tiny-model.ts";
import { correctionOf } from "./support/correction.ts";
import { bundleOf } from "./support/publisher.ts";
import { refusalOf, snapshotOf, startService, type TestService } from "./support/service.ts";

const FRANCE = "The capital of France is";
const BOOK = "The author of the book is";
const STABLE = "/v1/models/tiny/channels/stable";

let service: TestService;
let engine: Engine;
let bundle: BuiltBundle;
let hotfix: BuiltBundle;
let next: BuiltBundle;

const get = async (path: string): Promise<unknown> => (await service.call("GET", path)).json();
const move = (path: string, body: object) =>
  service.call("POST", `${STABLE}/${path}`, { body: { message: "test", ...body } });
const moved = async (path: string, body: object): Promise<unknown> => (await move(path, body)).json();

const store = async ({ blobs }: BuiltBundle) => {
  for (const [digest, bytes] of blobs) await service.stores.blobs.put(digest, bytes);
};

const hotfixBody = async ({ manifestBytes }: BuiltBundle, extra: object = {}) => ({
  manifest: encodeBase64(manifestBytes),
  signatures: [await service.publisher.sign(manifestBytes)],
  ...extra,
});

const ask = async (prompt: string, model = "tiny"): Promise<Completion> => {
  const body = { prompt, model, temperature: 0, max_tokens: 8 };
  return (await (await service.call("POST", "/v1/completions", { body })).json()) as Completion;
};
const answer = async (prompt: string) => (await ask(prompt)).choices[0]?.text;

beforeAll(async () => {
  service = await startService();
  engine = await openEngine(service.files);
  const france = await correctionOf(engine, tinyEmbedding, FRANCE, " Oslo", "france");
  const book = await correctionOf(engine, tinyEmbedding, BOOK, " Paris", "book");
  bundle = await bundleOf(engine.model, [france], { prompts: [FRANCE] });
  hotfix = await bundleOf(engine.model, [book], { prompts: [BOOK], parent: bundle.id });
  next = await bundleOf(engine.model, [france, { ...book, edits: [1] }], {
    prompts: [FRANCE, BOOK],
    parent: bundle.id,
  });
  await service.publish(bundle);
  await move("release", { version: 1 });
});

describe("a hotfix", () => {
  it("is refused, and stores nothing, while a blob of it is missing", async () => {
    const before = await snapshotOf(service);
    const refused = await move("hotfixes", await hotfixBody(hotfix));
    expect(await refusalOf(refused)).toMatchObject({ status: 422, code: "missing_blob" });
    expect(await snapshotOf(service)).toEqual(before);
  });

  it("is only planned under dryRun", async () => {
    await store(hotfix);
    const before = await snapshotOf(service);
    expect(await moved("hotfixes", await hotfixBody(hotfix, { dryRun: true }))).toMatchObject({
      status: "would go live",
      hotfix: hotfix.id,
      after: { hotfixes: [hotfix.id] },
      audit: null,
    });
    expect(await snapshotOf(service)).toEqual(before);
    expect(await refusalOf(await service.call("GET", `/v1/hotfixes/${hotfix.id}`))).toMatchObject({
      code: "unknown_hotfix",
    });
  });

  it("answers the next request, which says that it does", async () => {
    const wrong = await answer(BOOK);
    expect(wrong).not.toBe(" Paris");
    expect(await moved("hotfixes", await hotfixBody(hotfix))).toMatchObject({
      status: "live",
      before: { sequence: 1, hotfixes: [] },
      after: { sequence: 2, version: 1, bundle: bundle.id, hotfixes: [hotfix.id] },
      audit: { action: "hotfix", toHotfixes: [hotfix.id], summary: expect.stringContaining("adds book") },
    });
    const body = { prompt: BOOK, temperature: 0, max_tokens: 8 };
    const response = await service.call("POST", "/v1/completions", { body });
    const { choices, errata } = (await response.json()) as Completion;
    expect(choices[0]?.text).toBe(" Paris");
    expect(errata).toMatchObject({
      version: 1,
      channel: "stable",
      hotfixes: [hotfix.id],
      attached: 2,
      fired: [{ patch: "book", edit: BOOK, hotfix: hotfix.id }],
    });
    const { patchSet } = (await get(STABLE)) as { patchSet: string };
    expect(patchSet).toMatch(/^sha256:/);
    expect(patchSet).not.toBe(bundle.id);
    expect([errata?.patchSet, response.headers.get("errata-patch-set")]).toEqual([patchSet, patchSet]);
    expect((await ask(FRANCE)).errata?.fired).toMatchObject([{ patch: "france", hotfix: null }]);
    expect((await ask(BOOK, "tiny@1")).choices[0]?.text).toBe(wrong);
  });

  it("is live once, however often it is sent", async () => {
    const again = await moved("hotfixes", await hotfixBody(hotfix));
    expect(again).toMatchObject({ status: "already live", after: { sequence: 2 }, audit: null });
    expect(await get(STABLE)).toMatchObject({ sequence: 2, hotfixes: [hotfix.id] });
  });

  it("is shown with its exact bytes, and its patches are listed", async () => {
    expect(await get(`/v1/hotfixes/${hotfix.id}`)).toMatchObject({
      id: hotfix.id,
      model: "tiny",
      manifest: encodeBase64(hotfix.manifestBytes),
      createdBy: "local-admin",
    });
    expect(await get(`${STABLE}/patches`)).toMatchObject({
      channel: { sequence: 2 },
      data: [
        { id: "france", version: 1, hotfix: null, state: "attached", edits: [{ prompt: FRANCE }] },
        { id: "book", version: null, hotfix: hotfix.id, state: "attached", kind: "codebook", layer: 2 },
      ],
    });
  });

  it("is refused where it is unsigned, altered, for another model, empty, or takes an id that is taken", async () => {
    const before = await snapshotOf(service);
    const signed = await hotfixBody(hotfix);
    const refused = async (body: object) => (await refusalOf(await move("hotfixes", body))).code;
    expect(await refused({ ...signed, signatures: [] })).toBe("signature_missing");
    const altered = encodeBase64(
      new TextEncoder().encode(`${new TextDecoder().decode(hotfix.manifestBytes)} `),
    );
    expect(await refused({ ...signed, manifest: altered })).toBe("signature_invalid");
    expect(await refused(await hotfixBody(await bundleOf(engine.model, [])))).toBe("malformed_manifest");
    const twin = await bundleOf({ ...engine.model, name: "twin" }, [], { seed: 3 });
    expect(await refused(await hotfixBody(twin))).toBe("wrong_base_model");
    expect(await refused(await hotfixBody(bundle))).toBe("edit_conflict");
    expect(await refused({ ...signed, disable: ["frnce"] })).toBe("unknown_patch");
    expect(await snapshotOf(service)).toEqual(before);
  });
});

describe("a patch of a live channel", () => {
  it("is disabled and enabled again, without a new bundle", async () => {
    const bare = (await ask(FRANCE, "tiny@none")).choices[0]?.text;
    expect(await moved("disable", { patch: "france" })).toMatchObject({
      status: "disabled",
      after: { version: 1, disabled: ["france"] },
      audit: { action: "disable", fromDisabled: [], toDisabled: ["france"] },
    });
    expect([await answer(FRANCE), await answer(BOOK)]).toEqual([bare, " Paris"]);
    expect(await moved("disable", { patch: "france" })).toMatchObject({
      status: "already disabled",
      audit: null,
    });
    expect(await moved("enable", { patch: "france", dryRun: true })).toMatchObject({
      status: "would enable",
    });
    expect(await moved("enable", { patch: "france" })).toMatchObject({ status: "enabled" });
    expect(await moved("enable", { patch: "france" })).toMatchObject({ status: "already enabled" });
    expect(await answer(FRANCE)).toBe(" Oslo");
  });

  it("is named where its id is almost right", async () => {
    const refused = (await (await move("disable", { patch: "frence" })).json()) as { error: object };
    expect(refused.error).toMatchObject({
      code: "unknown_patch",
      param: "patch",
      detail: { near: ["france"] },
    });
  });

  it("stays disabled under a release that holds it, while the hotfix is absorbed", async () => {
    await move("disable", { patch: "france" });
    expect((await service.publish(next)).status).toBe(201);
    expect(await moved("release", { version: 2 })).toMatchObject({
      status: "released",
      after: { version: 2, hotfixes: [], disabled: ["france"] },
      summary: expect.stringMatching(/absorbed hotfix [0-9a-f]{12}; still disabled: france$/),
    });
    expect(await answer(BOOK)).toBe(" Paris");
    expect((await ask(BOOK)).errata).toMatchObject({ attached: 1, fired: [{ patch: "book", hotfix: null }] });
  });

  it("and the hotfix come back whole by rollbacks, one move at a time, and the audit verifies", async () => {
    const back = async () => {
      const { after, summary } = (await moved("rollback", {})) as {
        after: { version: number | null; hotfixes: string[]; disabled: string[] };
        summary: string;
      };
      return [after.version, after.hotfixes.length, after.disabled.length, summary.split(" (")[0]];
    };
    expect(await back()).toEqual([1, 1, 1, "undid the release of sequence 6"]);
    expect(await back()).toEqual([1, 1, 0, "undid the disable of sequence 5"]);
    // The set without the patch of France was rolled back from just now, so it is passed over.
    expect(await back()).toEqual([1, 0, 0, "undid the enable of sequence 4"]);
    expect(await back()).toEqual([null, 0, 0, "undid the release of sequence 1"]);
    expect(await refusalOf(await move("rollback", {}))).toMatchObject({ code: "nothing_to_roll_back" });
    expect(await get("/v1/audit")).toMatchObject({ verified: true });
  });
});

it("the 50th hotfix goes live and one more does not", async () => {
  const fresh = await startService();
  const patch = await correctionOf(engine, tinyEmbedding, FRANCE, " Oslo", "p");
  const send = async (index: number) => {
    const built = await bundleOf(engine.model, [{ ...patch, id: `p${index}` }], { prompts: [FRANCE] });
    for (const [digest, bytes] of built.blobs) await fresh.stores.blobs.put(digest, bytes);
    const body = {
      manifest: encodeBase64(built.manifestBytes),
      signatures: [await fresh.publisher.sign(built.manifestBytes)],
      message: "one more",
    };
    return fresh.call("POST", `${STABLE}/hotfixes`, { body });
  };
  for (let index = 0; index < CHANNEL_MAX_HOTFIXES; index++) expect((await send(index)).status).toBe(200);
  expect(await refusalOf(await send(CHANNEL_MAX_HOTFIXES))).toMatchObject({
    code: "limit_exceeded",
    param: "hotfixes",
  });
  const state = await fresh.stores.channels.find("tiny", "stable");
  expect(state).toMatchObject({ value: { sequence: CHANNEL_MAX_HOTFIXES } });
  if (state.ok)
    expect(
      await verifyAudit(await fresh.stores.channels.history("tiny", "stable"), state.value),
    ).toMatchObject({ ok: true });
});
