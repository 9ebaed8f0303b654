import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEventStream } from "../../src/client/read-event-stream.ts";

const collect = async (pieces: readonly Uint8Array[]) => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const events = readEventStream(body);
  const payloads: unknown[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done) return { payloads, complete: next.value };
    payloads.push(next.value);
  }
};

const encode = (text: string) => new TextEncoder().encode(text);

describe("readEventStream", () => {
  it("yields the same events however the bytes are cut", async () => {
    const events = [{ text: "São Paulo" }, { text: "a\n\nb" }, { text: "" }];
    const whole = encode(
      `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 8 }), async (cuts) => {
        const edges = [0, ...cuts.sort((left, right) => left - right), whole.length];
        const pieces = edges.slice(1).map((edge, index) => whole.slice(edges[index], edge));
        expect(await collect(pieces)).toEqual({ payloads: events, complete: true });
      }),
    );
  });

  it("tells a stream that broke off from one that ended", async () => {
    expect(await collect([encode('data: {"n":1}\n\n')])).toEqual({ payloads: [{ n: 1 }], complete: false });
  });
});
