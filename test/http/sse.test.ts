import { describe, expect, it } from "vitest";
import { ProblemError, problem } from "../../src/core/problem.ts";
import { encodeEvent, eventStream } from "../../src/http/completions/sse.ts";

const textOf = (stream: ReadableStream): Promise<string> => new Response(stream).text();

const listen = () => {
  const heard = { ended: 0, failures: [] as unknown[] };
  const hangUp = new AbortController();
  const listener = {
    signal: hangUp.signal,
    onEnd: () => {
      heard.ended += 1;
    },
    onFailure: (error: unknown) => {
      heard.failures.push(error);
    },
  };
  return { heard, listener, hangUp };
};

async function* counting(until: number, reached: { count: number; closed: boolean }) {
  try {
    for (; reached.count < until; reached.count++) yield { count: reached.count };
  } finally {
    reached.closed = true;
  }
}

describe("an event stream", () => {
  it("writes each chunk on one line, whatever the text holds, and [DONE] last", async () => {
    const { heard, listener } = listen();
    async function* chunks() {
      yield { text: 'a\n\ndata: "b"\r' };
    }
    expect(await textOf(eventStream(chunks(), listener))).toBe(
      'data: {"text":"a\\n\\ndata: \\"b\\"\\r"}\n\ndata: [DONE]\n\n',
    );
    expect(heard.ended).toBe(1);
  });

  it("sends a late failure as an error object, without [DONE]", async () => {
    const { heard, listener } = listen();
    async function* chunks() {
      yield { text: "a" };
      throw new ProblemError(problem("corrupt_store", "damaged"));
    }
    const events = (await textOf(eventStream(chunks(), listener))).trim().split("\n\n");
    expect(JSON.parse(events[1]!.slice("data: ".length))).toEqual({
      error: { message: "damaged", type: "server_error", param: null, code: "corrupt_store" },
    });
    expect(events).toHaveLength(2);
    expect(heard).toMatchObject({ ended: 1, failures: [expect.any(ProblemError)] });
  });

  it("tells a client nothing of a defect but that there was one", async () => {
    const { listener } = listen();
    // biome-ignore lint/correctness/useYield: it fails before it yields
    async function* chunks(): AsyncGenerator<unknown> {
      throw new Error("secret path");
    }
    expect(await textOf(eventStream(chunks(), listener))).not.toContain("secret path");
  });

  it("computes no further than the client reads, and stops when it hangs up", async () => {
    const { heard, listener } = listen();
    const reached = { count: 0, closed: false };
    const reader = eventStream(counting(1000, reached), listener).getReader();
    expect((await reader.read()).value).toEqual(encodeEvent({ count: 0 }));
    await reader.cancel();
    expect(reached.count).toBeLessThan(4);
    expect(reached.closed).toBe(true);
    expect(heard.ended).toBe(1);
  });

  it("reports its end even if nobody ever read from it", async () => {
    const { heard, listener } = listen();
    await eventStream(counting(10, { count: 0, closed: false }), listener).cancel();
    expect(heard.ended).toBe(1);
  });

  it("ends when its signal says that the client hung up, though nobody cancels it", async () => {
    const { heard, listener, hangUp } = listen();
    const reached = { count: 0, closed: false };
    const reader = eventStream(counting(1000, reached), listener).getReader();
    await reader.read();
    hangUp.abort();
    await expect(reader.read()).rejects.toThrow("aborted");
    expect(reached.count).toBeLessThan(4);
    expect(reached.closed).toBe(true);
    expect(heard).toMatchObject({ ended: 1, failures: [] });
  });

  it("begins nothing for a client that hung up before", async () => {
    const { heard, listener, hangUp } = listen();
    hangUp.abort();
    const reached = { count: 0, closed: false };
    await expect(textOf(eventStream(counting(1000, reached), listener))).rejects.toThrow("aborted");
    expect(reached.count).toBe(0);
    expect(heard.ended).toBe(1);
  });

  it("reports its end only when the step under way is over", async () => {
    const { heard, listener } = listen();
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    async function* chunks() {
      yield { text: "a" };
      begun.resolve();
      await gate.promise;
      yield { text: "b" };
    }
    const reader = eventStream(chunks(), listener).getReader();
    await reader.read();
    await begun.promise;
    const cancelled = reader.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard.ended).toBe(0);
    gate.resolve();
    await cancelled;
    expect(heard.ended).toBe(1);
  });
});
