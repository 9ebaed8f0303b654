/** Text that may be emitted, with what its tokens carry. */
export interface Released<Item> {
    readonly text: string;
    readonly items: readonly Item[];
    /** True once a stop sequence was found; nothing after it is ever released. */
    readonly stopped: boolean;
}
/**
 * Finds stop sequences in text that comes in pieces: text that may turn out to begin one is held back. An item
 * (a token) is released with the first character of its text, so one whose character is not whole yet waits too.
 */
export declare class StopMatcher<Item> {
    #private;
    constructor(stops: readonly string[]);
    /** Takes the text that `item` completed, which may be empty, and releases what cannot be part of a stop. */
    push(text: string, item: Item): Released<Item>;
    /** The end of the text, with what its decoder still held: releases everything before a stop sequence. */
    flush(text: string): Released<Item>;
}
