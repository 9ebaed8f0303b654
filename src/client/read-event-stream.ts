/** The payload that OpenAI's streams end with. */
const STREAM_END = "[DONE]";

/**
 * The payloads of a stream of server-sent events, each parsed as JSON, up to the mark that ends it. Events may
 * arrive in pieces of any size. Returns whether the end mark came: a stream that broke off has none.
 */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown, boolean> {
  const decoder = new TextDecoder();
  let pending = "";
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    pending += decoder.decode(bytes, { stream: true });
    const lines = pending.split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data:")) continue;
      const payload = line.slice("data:".length).trim();
      if (payload === STREAM_END) return true;
      yield JSON.parse(payload);
    }
  }
  return false;
}
