import { EventSourceParserStream } from "eventsource-parser/stream";

/** The payload that OpenAI's streams end with. */
const STREAM_END = "[DONE]";

/**
 * The payloads of a stream of server-sent events, as texts, up to the mark that ends it. Returns whether that mark
 * came: a stream that broke off has none. Whoever stops reading cancels the stream. Throws what reading it throws.
 */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<string, boolean> {
  const events = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .pipeThrough(new EventSourceParserStream());
  // A reader, as not every browser can iterate over a stream.
  const reader = events.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      if (value.data === STREAM_END) return true;
      yield value.data;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
