import { once } from "node:events";
import { request } from "node:http";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unstable_startWorker } from "wrangler";
import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import { tinyModel } from "../../fixtures/tiny-model.ts";
import { twinOf } from "../support/twin.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const AUTHORIZED = { authorization: "Bearer test" };
/** The fixture's context leaves room for about 40 tokens after this prompt. */
const BODY = { prompt: "The capital of France is", temperature: 0, max_tokens: 40 };

let worker: Awaited<ReturnType<typeof unstable_startWorker>>;
let origin: string;

const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
  const raw = body instanceof Uint8Array;
  return fetch(`${origin}${path}`, {
    method,
    headers: {
      ...AUTHORIZED,
      "content-type": raw ? "application/octet-stream" : "application/json",
    },
    ...(body === undefined ? {} : { body: raw ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
  });
};
const complete = (body: object) => call("POST", "/v1/completions", { ...BODY, ...body });
const countRuns = async (): Promise<number> => (await (await call("GET", "/runs")).json()) as number;

const register = async (model: PreparedModel, blobs: readonly Uint8Array[]): Promise<void> => {
  const { graph, plain, weights, tokenizer } = model.digests;
  for (const [index, digest] of [graph, plain, weights, tokenizer].entries())
    expect((await call("PUT", `/v1/blobs/${digest}`, blobs[index])).ok).toBe(true);
  expect((await call("PUT", `/v1/models/${model.name}`, { model })).status).toBe(201);
};

/** Asks for a stream over a socket of its own and breaks the connection at the first bytes of the answer. */
const hangUpOn = async (body: object): Promise<void> => {
  const sent = request(`${origin}/v1/completions`, {
    method: "POST",
    agent: false,
    headers: { ...AUTHORIZED, "content-type": "application/json" },
  });
  sent.on("error", () => undefined);
  sent.end(JSON.stringify({ ...BODY, ...body }));
  const [response] = await once(sent, "response");
  await once(response, "data");
  sent.destroy();
};

/** An isolate holds one model: another is answered from only once nobody uses the first. */
const untilFree = async (): Promise<void> => {
  while ((await complete({ model: "twin", max_tokens: 0 })).status === 503);
};

beforeAll(async () => {
  // Miniflare would otherwise ask Cloudflare where this machine is.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
  worker = await unstable_startWorker({
    config: resolve(ROOT, "wrangler.toml"),
    entrypoint: resolve(import.meta.dirname, "slow-worker.ts"),
    dev: {
      server: { hostname: "127.0.0.1", port: 0 },
      persist: false,
      inspector: false,
      logLevel: "error",
      watch: false,
    },
  });
  origin = (await worker.url).origin;
  const files = await tinyModel();
  await register(files.model, [files.graph, files.plain, files.weights, files.tokenizer]);
  const twin = await twinOf(files);
  await register(twin.model, [files.graph, files.plain, files.weights, twin.tokenizer]);
});

afterAll(() => worker?.dispose());

describe("in workerd, over a socket, a client that hangs up on its stream", () => {
  it.each([
    ["of one prompt", { stream: true }],
    ["of several prompts", { stream: true, prompt: [BODY.prompt, BODY.prompt] }],
  ])("%s stops the decoding and frees the model", async (_, body) => {
    await (await complete(body)).text();
    const full = await countRuns();
    expect(full).toBeGreaterThanOrEqual(40);
    await hangUpOn(body);
    await untilFree();
    expect(await countRuns()).toBeLessThan(full / 2);
  });
});
