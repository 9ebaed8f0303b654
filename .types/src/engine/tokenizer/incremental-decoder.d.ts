/** Turns token bytes into text as they come. */
export interface IncrementalDecoder {
    /** The text that `bytes` complete; the bytes of an unfinished character wait for the next call. */
    push(bytes: Uint8Array): string;
    /** The end: an unfinished character becomes U+FFFD. The decoder must not be used afterwards. */
    flush(): string;
}
/**
 * A decoder for one text. The pieces joined equal the whole's UTF-8 decoding, with U+FFFD for what is not UTF-8.
 * `dropFirstSpace` leaves out one space at the very beginning, for tokenizers that put one there.
 */
export declare const createIncrementalDecoder: (dropFirstSpace: boolean) => IncrementalDecoder;
