import type { Problem } from "../core/problem.ts";
import { ProblemError, problem } from "../core/problem.ts";
import { toErrorEnvelope } from "./errors.ts";

const encoder = new TextEncoder();

/** One server-sent event: `data: ` and the value as JSON on a single line, closed by an empty line. */
export const encodeEvent = (value: unknown): Uint8Array =>
  encoder.encode(`data: ${JSON.stringify(value)}\n\n`);

/** OpenAI's mark that a stream is complete. A stream that broke off does not carry it. */
export const STREAM_END = encoder.encode("data: [DONE]\n\n");

const lateFailure = (error: unknown): Problem =>
  error instanceof ProblemError
    ? error.problem
    : problem("internal", "The service met a defect of its own after the answer had begun.");

/** What an event stream tells its maker. */
export interface StreamListener {
  /** The stream is over, one way or another; called exactly once, even if nobody ever read from it. */
  readonly onEnd: () => void;
  /** Something failed after the first byte. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The body of an event stream. Chunks are pulled as the client reads, so that nothing is computed for a
 * client that does not; when it hangs up, `chunks` is closed. A failure after the first byte cannot change
 * the status any more: it goes out as an error object in `data:`, as OpenAI's clients expect it.
 */
export const eventStream = (
  chunks: AsyncGenerator<unknown>,
  listener: StreamListener,
): ReadableStream<Uint8Array> => {
  let over = false;
  const end = (): void => {
    if (!over) listener.onEnd();
    over = true;
  };
  const nextEvent = async (): Promise<{ readonly event: Uint8Array; readonly last: boolean }> => {
    try {
      const next = await chunks.next();
      return next.done ? { event: STREAM_END, last: true } : { event: encodeEvent(next.value), last: false };
    } catch (error) {
      listener.onFailure(error);
      return { event: encodeEvent(toErrorEnvelope(lateFailure(error))), last: true };
    }
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { event, last } = await nextEvent();
      // A client that hung up during the step has closed the stream already.
      if (over) return;
      controller.enqueue(event);
      if (!last) return;
      end();
      controller.close();
    },
    async cancel() {
      end();
      await chunks.return(undefined);
    },
  });
};
