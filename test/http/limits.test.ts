import { beforeAll, describe, expect, it } from "vitest";
import { BUNDLE_MAX_SIGNATURES } from "../../src/core/bundle/signature.ts";
import { digestOf } from "../../src/core/digest.ts";
import { FORMAT_LIMITS, LIMITS } from "../../src/http/limits.ts";
import { bundleOf, createPublisher, publishBody } from "./support/publisher.ts";
import { refusalOf, snapshotOf, startService, type TestService } from "./support/service.ts";

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

const GREEDY = { prompt: "The", temperature: 0, max_tokens: 1 };

/** A call at a limit succeeds; one past it is refused under `code`, and nothing moves. */
const holdsAt = async (
  call: (size: number) => Promise<Response>,
  limit: number,
  code: string,
  param: string | null,
) => {
  expect((await call(limit)).status).toBeLessThan(300);
  const before = await snapshotOf(service);
  expect(await refusalOf(await call(limit + 1))).toMatchObject({ code, param });
  expect(await snapshotOf(service)).toEqual(before);
};

const complete = (body: object) => service.call("POST", "/v1/completions", { body: { ...GREEDY, ...body } });

describe("a completion request holds its limits", () => {
  it("of prompts", () =>
    holdsAt(
      (size) => complete({ prompt: Array(size).fill("The") }),
      LIMITS.prompts,
      "limit_exceeded",
      "prompt",
    ));

  it("of alternatives", () =>
    holdsAt((size) => complete({ logprobs: size }), LIMITS.logprobs, "limit_exceeded", "logprobs"));

  it("of stop sequences", () =>
    holdsAt(
      (size) => complete({ stop: Array(size).fill("x") }),
      LIMITS.stopSequences,
      "limit_exceeded",
      "stop",
    ));

  it("of the length of one stop sequence", () =>
    holdsAt((size) => complete({ stop: "x".repeat(size) }), LIMITS.stopCharacters, "limit_exceeded", "stop"));

  it("of the temperature", async () => {
    expect(LIMITS.temperature).toBe(2);
    expect((await complete({ temperature: 2 })).status).toBe(200);
    expect(await refusalOf(await complete({ temperature: 2.001 }))).toMatchObject({
      code: "invalid_request",
      param: "temperature",
    });
  });

  it("of the model's context, for the tokens asked for", () =>
    holdsAt((size) => complete({ max_tokens: size }), 48, "limit_exceeded", "max_tokens"));

  it("of the text to score", async () => {
    const score = (size: number) => complete({ errata: { score: "x".repeat(size) } });
    // At the limit the text is past the tiny context, which is another refusal; the limit itself let it pass.
    expect(await refusalOf(await score(LIMITS.scoreCharacters))).toMatchObject({ code: "target_too_long" });
    expect(await refusalOf(await score(LIMITS.scoreCharacters + 1))).toMatchObject({
      code: "limit_exceeded",
      param: "errata.score",
    });
  });

  it("of its body", () => {
    const bodyOf = (size: number) => {
      const frame = JSON.stringify({ ...GREEDY, user: "" });
      return JSON.stringify({ ...GREEDY, user: "x".repeat(size - frame.length) });
    };
    const call = (size: number) => service.call("POST", "/v1/completions", { body: bodyOf(size) });
    return holdsAt(call, LIMITS.jsonBodyBytes, "body_too_large", null);
  });
});

describe("the other routes hold theirs", () => {
  it("of the body that publishes a bundle", async () => {
    const bundle = await bundleOf(service.files.model, [], { seed: 2 });
    const body = JSON.stringify(await publishBody(service.publisher, bundle));
    const publish = (size: number) => service.call("POST", "/v1/bundles", { body: body.padEnd(size) });
    await holdsAt(publish, LIMITS.publishBodyBytes, "body_too_large", null);
  });

  it("of a blob's bytes, as the request announces them", async () => {
    const bytes = new TextEncoder().encode("a blob");
    const digest = await digestOf(bytes);
    const put = (size: number) =>
      service.call("PUT", `/v1/blobs/${digest}`, { body: bytes, headers: { "content-length": `${size}` } });
    expect(LIMITS.blobBytes).toBe(67_108_864);
    await holdsAt(put, LIMITS.blobBytes, "body_too_large", null);
  });

  it("of a body whose length is not announced", async () => {
    const stream = (size: number) =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(JSON.stringify({ digests: [] }).padEnd(size)));
          controller.close();
        },
      });
    const call = (size: number) => service.call("POST", "/v1/blobs/missing", { stream: stream(size) });
    await holdsAt(call, LIMITS.jsonBodyBytes, "body_too_large", null);
  });

  it("of digests asked after", () => {
    const digests = (size: number) =>
      Array.from({ length: size }, (_, index) => `sha256:${String(index).padStart(64, "0")}`);
    return holdsAt(
      (size) => service.call("POST", "/v1/blobs/missing", { body: { digests: digests(size) } }),
      LIMITS.missingDigests,
      "invalid_request",
      "digests",
    );
  });

  it("of rows on a page", () =>
    holdsAt(
      (size) => service.call("GET", `/v1/bundles?limit=${size}`),
      LIMITS.pageRows,
      "invalid_request",
      "limit",
    ));

  it("of a token's name", () =>
    holdsAt(
      (size) => service.call("POST", "/v1/tokens", { body: { name: "x".repeat(size), scopes: ["infer"] } }),
      LIMITS.tokenNameCharacters,
      "invalid_request",
      "name",
    ));

  it("of a release's message", async () => {
    const bundle = await bundleOf(service.files.model, []);
    expect((await service.publish(bundle)).status).toBe(201);
    const release = (size: number) =>
      service.call("POST", "/v1/models/tiny/channels/stable/release", {
        body: { version: 1, message: "x".repeat(size) },
      });
    await holdsAt(release, LIMITS.messageCharacters, "invalid_request", "message");
  });

  it("of signatures on a bundle", async () => {
    const bundle = await bundleOf(service.files.model, [], { seed: 1 });
    const strangers = await Promise.all(
      Array.from({ length: BUNDLE_MAX_SIGNATURES }, async () =>
        (await createPublisher()).sign(bundle.manifestBytes),
      ),
    );
    const body = await publishBody(service.publisher, bundle);
    const publish = (size: number) => {
      const signatures = [...body.signatures, ...strangers].slice(0, size);
      return service.call("POST", "/v1/bundles", { body: { ...body, signatures } });
    };
    await holdsAt(publish, BUNDLE_MAX_SIGNATURES, "signature_invalid", "signatures");
  });
});

describe("a model's registration", () => {
  const register = async (weightsBytes: number) => {
    const limited = await startService({
      backend: { name: "small", limits: { weightsBytes, threads: 1 } },
      registered: false,
    });
    const { model, ...files } = limited.files;
    for (const file of ["graph", "plain", "weights", "tokenizer"] as const)
      await limited.stores.blobs.put(model.digests[file], files[file]);
    const response = await limited.call("PUT", "/v1/models/tiny", { body: { model } });
    return { limited, response };
  };

  it("holds the backend's limit of weights, before anything is registered", async () => {
    const bytes = service.files.weights.byteLength;
    expect((await register(bytes)).response.status).toBe(201);
    const { limited, response } = await register(bytes - 1);
    expect(await refusalOf(response)).toMatchObject({ code: "limit_exceeded", param: "weights" });
    expect(await limited.stores.models.list()).toEqual([]);
  });
});

describe("/v1/info", () => {
  it("says what the backend takes", async () => {
    const info = (await (await service.call("GET", "/v1/info", { token: null })).json()) as {
      runtime: { backend: unknown };
    };
    expect(info.runtime.backend).toEqual({
      name: "node",
      weightsBytes: null,
      threads: 1,
      elementTypes: ["float32", "int64", "bool"],
    });
  });

  it("lists every limit, what is served, and whose bundles are accepted, without a token", async () => {
    const info = (await (await service.call("GET", "/v1/info", { token: null })).json()) as {
      limits: Record<string, number>;
      models: unknown[];
      trustedKeys: string[];
    };
    expect(info.limits).toEqual({ ...LIMITS, ...FORMAT_LIMITS });
    expect(info.limits).toMatchObject({
      modelNameCharacters: 64,
      channelNameCharacters: 63,
      manifestBytes: 8_388_608,
      bundleSignatures: 16,
      bundleEdits: 10_000,
      bundlePatches: 10_000,
      codebookEntries: 10_000,
      codebookTargetTokens: 32,
      bundleParameters: 100,
      editIdCharacters: 120,
      tensorHeaderBytes: 1_048_576,
      blobRowBytes: 1_048_576,
    });
    expect(info.models).toEqual([{ name: "tiny", digest: expect.stringMatching(/^sha256:/), context: 48 }]);
    expect(info.trustedKeys).toEqual(Object.keys(service.publisher.trustedKeys));
  });
});
