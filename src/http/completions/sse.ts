import { type Problem, ProblemError, problem } from "../../core/problem.ts";
import { toErrorEnvelope } from "../errors.ts";

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

/** What an event stream is told by its maker, and tells it. */
export interface StreamListener {
  /** Aborts when the client hangs up; a runtime need not cancel the body of its answer then. */
  readonly signal: AbortSignal;
  /**
   * The stream is over, one way or another, and `chunks` closed: nothing computes for it any more. Called exactly
   * once, even if nobody ever read from it.
   */
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
  { signal, onEnd, onFailure }: StreamListener,
): ReadableStream<Uint8Array> => {
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => {
    // Closing a generator waits for the step it is at, so that `onEnd` comes after the last one.
    ending ??= chunks
      .return(undefined)
      .then(() => undefined, onFailure)
      .finally(onEnd);
    return ending;
  };
  const nextEvent = async (): Promise<{ readonly event: Uint8Array; readonly last: boolean }> => {
    try {
      const next = await chunks.next();
      return next.done ? { event: STREAM_END, last: true } : { event: encodeEvent(next.value), last: false };
    } catch (error) {
      onFailure(error);
      return { event: encodeEvent(toErrorEnvelope(lateFailure(error))), last: true };
    }
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const hangUp = (): void => {
        controller.error(signal.reason);
        void end();
      };
      if (signal.aborted) hangUp();
      else signal.addEventListener("abort", hangUp, { once: true });
    },
    async pull(controller) {
      const { event, last } = await nextEvent();
      // A client that hung up during the step has closed the stream already.
      if (ending) return;
      controller.enqueue(event);
      if (!last) return;
      await end();
      controller.close();
    },
    cancel: end,
  });
};
