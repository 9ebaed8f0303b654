import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../../src/client/client.ts";
import worker from "../../../src/worker.ts";
import { bindings, openD1Stores } from "../store/open-d1.ts";
import { type ModelFiles, readModelFiles } from "../support/model-files.ts";

const TOKEN = "errata-test-admin";

let files: ModelFiles;

/** Asks the Worker of this isolate, as a service binding would. */
const fetchWorker: typeof fetch = async (input, init) => {
  const context = createExecutionContext();
  const settings = {
    DB: bindings.DB,
    BLOBS: bindings.BLOBS,
    TRUSTED_KEYS: "{}",
    DEFAULT_MODEL: files.model.name,
    DEFAULT_CHANNEL: "stable",
    ERRATA_ADMIN_TOKEN: TOKEN,
  };
  const request = new Request(input, init) as Parameters<typeof worker.fetch>[0];
  const response = await worker.fetch(request, settings, context);
  // A stream ends when it was read, and holds its request open until then.
  const read = new Response(await response.arrayBuffer(), response);
  await waitOnExecutionContext(context);
  return read;
};

beforeAll(async () => {
  await openD1Stores();
  files = await readModelFiles("generated/tiny");
});

describe("the client in a Worker", () => {
  it("pushes a model and reads a stream of its answer", async () => {
    const client = createClient({ url: "http://127.0.0.1:8787", token: TOKEN, fetch: fetchWorker });
    const { graph, plain, weights, tokenizer } = files.model.digests;
    for (const [digest, bytes] of [
      [graph, files.graph],
      [plain, files.plain],
      [weights, files.weights],
      [tokenizer, new TextEncoder().encode(files.tokenizerJson)],
    ] as const)
      expect(await client.blobs.put(digest, bytes)).toMatchObject({ ok: true });
    expect(await client.models.register(files.model)).toMatchObject({ value: { status: "registered" } });
    const question = { prompt: "The capital of France is", temperature: 0, max_tokens: 4 };
    const whole = await client.completions.create(question);
    const chunks = await Array.fromAsync(client.completions.stream(question));
    const text = chunks.map((chunk) => (chunk.ok ? chunk.value.choices[0]?.text : null)).join("");
    expect(whole).toMatchObject({ ok: true, value: { choices: [{ text }] } });
    expect(text).not.toBe("");
  });

  it("uses the platform's fetch where it is given none", async () => {
    // It refuses the scheme by itself, and so nothing leaves this machine.
    expect(await createClient({ url: "ftp://errata.example.com" }).info()).toMatchObject({
      ok: false,
      problem: { code: "service_unreachable", message: expect.stringMatching(/Fetch API cannot load/) },
    });
  });
});
