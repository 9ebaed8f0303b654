import { type Result } from "../../core/result.ts";
/** Text decoding that takes token ids one at a time. */
export interface TokenDecoder {
    /** The text that the token completes; empty while a character is open. Special tokens have no text. */
    push(id: number): string;
    /** The end: an unfinished character becomes U+FFFD. */
    flush(): string;
}
/**
 * Text to token ids and back. A special token that a text spells out is read as the text it is, character by
 * character: what somebody pastes into a prompt can neither end it nor stand for a token of the model's own. Who
 * means the token sends its id.
 */
export interface Tokenizer {
    /** Ids of a text that begins a sequence, with the tokens that the file's post-processor adds. */
    encode(text: string): number[];
    /** Ids of a text that continues another: no begin token, and no space that the text itself does not hold. */
    encodeContinuation(text: string): number[];
    /** Text of ids that begin a sequence; special tokens are left out. */
    decode(ids: readonly number[]): string;
    /** A decoder for ids that begin a sequence (`start`), or that continue one (`continuation`). */
    decoder(place: "start" | "continuation"): TokenDecoder;
    /** One token alone: its text, or `bytes:\xNN…` where its bytes are no whole characters, as OpenAI writes it. */
    tokenText(id: number): string;
}
/** Reads a Hugging Face `tokenizer.json`; fails with `malformed_model` where it cannot be used. */
export declare const createTokenizer: (json: string) => Result<Tokenizer>;
