const SPACE = 0x20;

/** Turns token bytes into text as they come. */
export interface IncrementalDecoder {
  /** The text that `bytes` complete; the bytes of an unfinished character wait for the next call. */
  push(bytes: Uint8Array): string;
  /** The end: an unfinished character becomes U+FFFD. The decoder must not be used afterwards. */
  flush(): string;
}

/**
 * A decoder for one text. The pieces joined equal the whole's UTF-8 decoding, with U+FFFD for what is not UTF-8.
 * Up to `spacesDropped` spaces at the very beginning are left out, for tokenizers that put them there.
 */
export const createIncrementalDecoder = (spacesDropped: number): IncrementalDecoder => {
  const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  let left = spacesDropped;
  return {
    push(bytes) {
      let from = 0;
      for (; left > 0 && from < bytes.length; left--) {
        if (bytes[from] !== SPACE) left = 1;
        else from++;
      }
      return bytes.length === 0 ? "" : decoder.decode(bytes.subarray(from), { stream: true });
    },
    flush: () => decoder.decode(),
  };
};
