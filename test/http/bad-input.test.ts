import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/core/base64.ts";
import type { BuiltBundle } from "../../src/core/bundle/build-bundle.ts";
import type { Manifest } from "../../src/core/bundle/manifest.ts";
import { canonicalJsonBytes } from "../../src/core/canonical-json.ts";
import { type Digest, digestOf } from "../../src/core/digest.ts";
import { encodePatch } from "../../src/core/patch/encode-patch.ts";
import type { CodebookPatch } from "../../src/core/patch/kinds/codebook.ts";
import { residentValues } from "../../src/core/patch/patch-values.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { openEngine } from "../engine/support/engines.ts";
import { TINY_MODEL, tinyEmbedding } from "../fixtures/tiny-model.ts";
import { correctionOf } from "./support/correction.ts";
import { bundleOf, createPublisher, publishBody } from "./support/publisher.ts";
import { refusalOf, snapshotOf, startService, type TestService, tinyFiles } from "./support/service.ts";

const PROMPT = "The capital of France is";

let engine: Engine;
let patch: CodebookPatch;
let bundle: BuiltBundle;
let service: TestService;

beforeAll(async () => {
  engine = await openEngine(await tinyFiles());
  patch = await correctionOf(engine, tinyEmbedding, PROMPT, " Oslo");
  bundle = await bundleOf(engine.model, [patch]);
});

/** Runs a call that must be refused; whatever it names, nothing in the stores may have moved. */
const refused = async (method: string, path: string, body: unknown) => {
  const before = await snapshotOf(service);
  const refusal = await refusalOf(await service.call(method, path, { body }));
  expect(await snapshotOf(service)).toEqual(before);
  return refusal;
};

/** The bundle with its manifest changed, put together anew and signed by the trusted publisher. */
const publishChanged = async (change: (manifest: Manifest) => Manifest) => {
  const manifestBytes = canonicalJsonBytes(change(bundle.manifest));
  return refused("POST", "/v1/bundles", await publishBody(service.publisher, { manifestBytes }));
};

/** Publishes the bundle with the patch's tensors changed behind the checks of the bundle builder. */
const publishTensors = async ({
  values = patch.values,
  ...tensors
}: Partial<CodebookPatch["tensors"] & Pick<CodebookPatch, "values">>) => {
  const { record, blobs } = await encodePatch({
    ...patch,
    values,
    tensors: { ...patch.tensors, ...tensors },
  });
  for (const [digest, bytes] of blobs) await service.stores.blobs.put(digest, bytes);
  return publishChanged((manifest) => ({ ...manifest, patches: [record] }));
};

describe("a completion request is refused", () => {
  beforeAll(async () => {
    service = await startService();
  });
  const complete = (body: unknown) => refused("POST", "/v1/completions", body);

  it.each([
    ["an unknown model", { model: "mars" }, 404, "unknown_model", "model"],
    ["a name that no model can have", { model: "No Model" }, 404, "unknown_model", "model"],
    ["an unknown channel", { model: "tiny@canary" }, 404, "unknown_channel", "model"],
    ["a name that no channel can have", { model: "tiny@!" }, 404, "unknown_channel", "model"],
    ["an unknown version", { model: "tiny@7" }, 404, "unknown_version", "model"],
    ["an unknown bundle", { model: `tiny@sha256:${"a".repeat(64)}` }, 404, "unknown_bundle", "model"],
    ["an empty prompt", { prompt: "" }, 400, "prompt_empty", "prompt"],
    ["no prompt in the list", { prompt: [] }, 400, "invalid_request", "prompt"],
    ["a token id outside the vocabulary", { prompt: [288] }, 400, "invalid_request", "prompt"],
    ["a prompt of the wrong type", { prompt: { text: "x" } }, 400, "invalid_request", "prompt"],
    ["a max_tokens of the wrong type", { max_tokens: "8" }, 400, "invalid_request", "max_tokens"],
    ["a temperature out of range", { temperature: 2.1 }, 400, "invalid_request", "temperature"],
    ["n of 2", { n: 2 }, 400, "unsupported_value", "n"],
    ["best_of of 2", { best_of: 2 }, 400, "unsupported_value", "best_of"],
    ["a penalty", { presence_penalty: 1 }, 400, "unsupported_value", "presence_penalty"],
    ["another penalty", { frequency_penalty: 1 }, 400, "unsupported_value", "frequency_penalty"],
    ["a logit bias", { logit_bias: { 5: 1 } }, 400, "unsupported_value", "logit_bias"],
    ["a suffix", { suffix: "." }, 400, "unsupported_value", "suffix"],
    ["a streamed score", { stream: true, errata: { score: "x" } }, 400, "unsupported_value", "stream"],
    [
      "a score of two prompts",
      { prompt: ["a", "b"], errata: { score: "x" } },
      400,
      "unsupported_value",
      "prompt",
    ],
  ])("for %s", async (_, body, status, code, param) => {
    const refusal = await complete({ prompt: PROMPT, ...body });
    expect(refusal).toEqual({ status, code, param });
  });

  it("for a body that is no JSON, and for one that is no object", async () => {
    expect(await complete("{not json")).toMatchObject({ status: 400, code: "invalid_request" });
    expect(await complete("[]")).toMatchObject({ status: 400, code: "invalid_request" });
  });

  it("for a content type other than JSON", async () => {
    const response = await service.call("POST", "/v1/completions", {
      body: "prompt=x",
      headers: { "content-type": "text/plain" },
    });
    expect(await refusalOf(response)).toMatchObject({ status: 400, code: "invalid_request" });
  });

  it("one token past the context, and answered at it", async () => {
    const most = Array.from({ length: TINY_MODEL.context - 1 }, () => 65);
    const accepted = await service.call("POST", "/v1/completions", { body: { prompt: most, max_tokens: 1 } });
    expect(accepted.status).toBe(200);
    expect(await complete({ prompt: [...most, 65] })).toEqual({
      status: 400,
      code: "prompt_too_long",
      param: "prompt",
    });
  });
});

describe("a route is refused", () => {
  beforeAll(async () => {
    service = await startService();
  });

  it("where there is none, and for a method that it does not have", async () => {
    expect(await refused("GET", "/v1/nothing", undefined)).toMatchObject({
      status: 404,
      code: "unknown_route",
    });
    expect(await refused("DELETE", "/v1/models", undefined)).toMatchObject({ code: "unknown_route" });
  });

  it("where a path or a query is malformed", async () => {
    expect(await refused("GET", "/v1/blobs/sha256:zz", undefined)).toMatchObject({
      code: "invalid_request",
      param: "digest",
    });
    expect(await refused("GET", "/v1/bundles/world-3", undefined)).toMatchObject({
      code: "unknown_bundle",
      param: "id",
    });
    expect(await refused("GET", "/v1/bundles?limit=0", undefined)).toMatchObject({
      code: "invalid_request",
      param: "limit",
    });
    expect(await refused("GET", "/v1/models/tiny/channels/canary", undefined)).toMatchObject({
      code: "unknown_channel",
    });
    expect(await refused("GET", "/v1/models/mars", undefined)).toMatchObject({ code: "unknown_model" });
    expect(await refused("DELETE", "/v1/tokens/none", undefined)).toMatchObject({ code: "unknown_token" });
    expect(await refused("GET", `/v1/blobs/sha256:${"0".repeat(64)}`, undefined)).toMatchObject({
      code: "unknown_blob",
    });
  });

  it("where an uploaded blob does not hash to its name", async () => {
    const digest = await digestOf(new Uint8Array([1]));
    const refusal = await refused("PUT", `/v1/blobs/${digest}`, new Uint8Array([2]));
    expect(refusal).toMatchObject({ status: 422, code: "digest_mismatch" });
  });
});

describe("a bundle is refused, and nothing is published", () => {
  beforeEach(async () => {
    service = await startService();
    for (const [digest, bytes] of bundle.blobs) await service.stores.blobs.put(digest, bytes);
  });
  const publish = (body: unknown) => refused("POST", "/v1/bundles", body);

  it("without a signature", async () => {
    const body = { ...(await publishBody(service.publisher, bundle)), signatures: [] };
    expect(await publish(body)).toMatchObject({ status: 422, code: "signature_missing" });
  });

  it("with the signature of a key that is not trusted", async () => {
    const body = await publishBody(await createPublisher(), bundle);
    expect(await publish(body)).toMatchObject({ status: 422, code: "signer_not_trusted" });
  });

  it("with a trusted key's signature over other bytes", async () => {
    const other = await bundleOf(engine.model, [patch], { seed: 1 });
    const { signatures } = await publishBody(service.publisher, other);
    const body = { ...(await publishBody(service.publisher, bundle)), signatures };
    expect(await publish(body)).toMatchObject({ status: 422, code: "signature_invalid" });
  });

  it("with a signature that has not the form of one", async () => {
    const body = {
      ...(await publishBody(service.publisher, bundle)),
      signatures: [{ keyId: "x", signature: "y" }],
    };
    expect(await publish(body)).toMatchObject({ status: 422, code: "signature_invalid" });
  });

  it("whose manifest is no base64, or no manifest", async () => {
    expect(await publish({ manifest: "%", signatures: [] })).toMatchObject({
      code: "invalid_request",
      param: "manifest",
    });
    const manifestBytes = new TextEncoder().encode("{}");
    const body = await publishBody(service.publisher, { manifestBytes });
    expect(await publish(body)).toMatchObject({ status: 422, code: "malformed_manifest" });
  });

  it("of a format from the future", async () => {
    const manifestBytes = new TextEncoder().encode('{"format":3}');
    const body = await publishBody(service.publisher, { manifestBytes });
    expect(await publish(body)).toMatchObject({ status: 422, code: "unsupported_format" });
  });

  it("made for another base model", async () => {
    const digest: Digest = `sha256:${"1".repeat(64)}`;
    const refusal = await publishChanged((manifest) => ({
      ...manifest,
      model: { ...manifest.model, digest },
    }));
    expect(refusal).toMatchObject({ status: 422, code: "wrong_base_model" });
  });

  it("made for a model that is not registered", async () => {
    const refusal = await publishChanged((manifest) => ({
      ...manifest,
      model: { ...manifest.model, name: "mars" },
    }));
    expect(refusal).toMatchObject({ status: 404, code: "unknown_model" });
  });

  it("whose blobs were not uploaded", async () => {
    service = await startService();
    const body = await publishBody(service.publisher, bundle);
    expect(await publish(body)).toMatchObject({ status: 422, code: "missing_blob" });
  });

  it("whose stored blob was tampered with", async () => {
    const [digest] = bundle.blobs.keys();
    service.blobs.set(
      digest!,
      service.blobs.get(digest!)!.map((byte, at) => (at === 400 ? byte ^ 1 : byte)),
    );
    const body = await publishBody(service.publisher, bundle);
    expect(await publish(body)).toMatchObject({ status: 500, code: "corrupt_store" });
  });

  it.each([
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
    ["minus infinity", Number.NEGATIVE_INFINITY],
  ])("with %s in a tensor", async (_, value) => {
    const { shape, data } = residentValues(patch.values);
    const refusal = await publishTensors({ values: { shape, data: data.with(3, value) } });
    expect(refusal).toMatchObject({ status: 422, code: "non_finite_tensor" });
  });

  it("with a tensor of a shape that does not fit the model", async () => {
    const keys = { shape: [1, 31], data: new Float32Array(31) };
    expect(await publishTensors({ keys })).toMatchObject({ status: 422, code: "shape_mismatch" });
  });

  it("with a blob that is no safetensors file", async () => {
    const blob = new Uint8Array(64).fill(255);
    const digest = await digestOf(blob);
    await service.stores.blobs.put(digest, blob);
    const refusal = await publishChanged((manifest) => ({
      ...manifest,
      patches: manifest.patches.map((record) => ({ ...record, blob: digest, bytes: blob.length })),
    }));
    expect(refusal).toMatchObject({ status: 422, code: "malformed_tensors" });
  });

  it("with a report that the manifest does not name", async () => {
    const report = encodeBase64(new TextEncoder().encode("{}"));
    const body = { ...(await publishBody(service.publisher, bundle)), report };
    expect(await publish(body)).toMatchObject({ status: 422, code: "malformed_manifest", param: "report" });
  });
});

describe("no answer is served from a bundle that was damaged after it was published", () => {
  const GREEDY = { prompt: PROMPT, model: "tiny@1", temperature: 0 };

  beforeEach(async () => {
    service = await startService();
    expect((await service.publish(bundle)).status).toBe(201);
  });

  it("and one that is repaired is served at the next request", async () => {
    const [digest] = bundle.blobs.keys();
    const sound = service.blobs.get(digest!)!;
    service.blobs.set(
      digest!,
      sound.map((byte, at) => (at === sound.length - 1 ? byte ^ 1 : byte)),
    );
    expect(await refused("POST", "/v1/completions", GREEDY)).toMatchObject({
      status: 500,
      code: "corrupt_store",
    });
    service.blobs.set(digest!, sound);
    expect((await service.call("POST", "/v1/completions", { body: GREEDY })).status).toBe(200);
  });

  it("nor without the base model's own bytes", async () => {
    const { weights } = service.files.model.digests;
    service.blobs.set(weights, new Uint8Array(service.blobs.get(weights)!.length));
    expect(await refused("POST", "/v1/completions", GREEDY)).toMatchObject({
      status: 500,
      code: "corrupt_store",
    });
  });

  it("nor once its signer is no longer trusted", async () => {
    const { stores } = service;
    const distrusting = await startService({ stores, registered: false, trustedKeys: {} });
    const response = await distrusting.call("POST", "/v1/completions", { body: GREEDY });
    expect(await refusalOf(response)).toMatchObject({ status: 422, code: "signer_not_trusted" });
  });
});

describe("a channel does not move", () => {
  beforeEach(async () => {
    service = await startService();
    expect((await service.publish(bundle)).status).toBe(201);
  });
  const move = (path: string, body: object) =>
    refused("POST", `/v1/models/tiny/channels/${path}`, { message: "test", ...body });

  it.each([
    ["to an unknown version", "stable/release", { version: 7 }, "unknown_version"],
    ["to what names no version", "stable/release", { version: "latest" }, "unknown_version"],
    ["to an unknown bundle", "stable/release", { version: `sha256:${"a".repeat(64)}` }, "unknown_bundle"],
    ["under a name that no channel can have", "v1.0/release", { version: 1 }, "invalid_request"],
    ["without a message", "stable/release", { version: 1, message: "" }, "invalid_request"],
    [
      "from a sequence that it is not at",
      "stable/release",
      { version: 1, expectedSequence: 4 },
      "sequence_conflict",
    ],
    ["back before its first release", "stable/rollback", {}, "nothing_to_roll_back"],
    ["to where it stands", "stable/release", { version: "none" }, "already_released"],
  ])("%s", async (_, path, body, code) => {
    expect(await move(path, body)).toMatchObject({ code });
  });

  it("for a model that is not registered", async () => {
    const body = { version: 1, message: "test" };
    const refusal = await refused("POST", "/v1/models/mars/channels/stable/release", body);
    expect(refusal).toMatchObject({ status: 404, code: "unknown_model" });
  });
});
