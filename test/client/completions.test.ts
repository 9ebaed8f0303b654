import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createClient } from "../../src/client/client.ts";

const chunkOf = (text: string) => ({
  id: "cmpl-1",
  object: "text_completion",
  created: 1,
  model: "world",
  choices: [{ index: 0, text, logprobs: null, finish_reason: null }],
});

const encode = (text: string) => new TextEncoder().encode(text);
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

const bodyOf = (pieces: readonly Uint8Array[], onCancel?: () => void) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      if (!onCancel) controller.close();
    },
    cancel: () => onCancel?.(),
  });

const streamOf = (body: ReadableStream<Uint8Array> | null, signal?: AbortSignal) =>
  createClient({ url: "http://service", fetch: async () => new Response(body) }).completions.stream(
    { prompt: "The" },
    { signal },
  );

const collect = async (...pieces: readonly Uint8Array[]) => Array.fromAsync(streamOf(bodyOf(pieces)));

describe("a streamed completion", () => {
  it("has the same chunks however the bytes are cut", async () => {
    const chunks = ["São Paulo", "a\n\nb", ""].map(chunkOf);
    const whole = encode(`${chunks.map(event).join("")}data: [DONE]\n\n`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 8 }), async (cuts) => {
        const edges = [0, ...cuts.sort((left, right) => left - right), whole.length];
        const pieces = edges.slice(1).map((edge, index) => whole.slice(edges[index], edge));
        expect(await collect(...pieces)).toEqual(chunks.map((value) => ({ ok: true, value })));
      }),
    );
  });

  it("that broke off is told from one that ended", async () => {
    expect(await collect(encode(event(chunkOf("a"))))).toMatchObject([
      { ok: true },
      { ok: false, problem: { code: "service_unreachable" } },
    ]);
  });

  it("ends with the problem that the service met on the way", async () => {
    const error = { message: "Gone.", type: "server_error", param: null, code: "corrupt_store" };
    expect(await collect(encode(event(chunkOf("a")) + event({ error })))).toMatchObject([
      { ok: true },
      { ok: false, problem: { code: "corrupt_store", message: "Gone." } },
    ]);
  });

  it.each(["data: {\n\n", event({ choices: 3 })])("ends where it has no known form: %j", async (text) => {
    expect(await collect(encode(text + event(chunkOf("a"))))).toMatchObject([
      { ok: false, problem: { code: "internal" } },
    ]);
  });

  it("is cancelled by whoever stops reading", async () => {
    let cancelled = false;
    const body = bodyOf([encode(event(chunkOf("a")))], () => {
      cancelled = true;
    });
    for await (const chunk of streamOf(body)) {
      expect(chunk.ok).toBe(true);
      break;
    }
    expect(cancelled).toBe(true);
  });
});
