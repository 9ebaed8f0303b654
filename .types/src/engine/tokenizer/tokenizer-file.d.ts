import { z } from "zod";
import { type Result } from "../../core/result.ts";
/** What the engine reads of a Hugging Face `tokenizer.json` itself; the library reads the rest. */
declare const tokenizerFileSchema: z.ZodObject<{
    added_tokens: z.ZodArray<z.ZodObject<{
        id: z.ZodInt;
        content: z.ZodString;
        special: z.ZodBoolean;
    }, z.core.$loose>>;
    normalizer: z.ZodNullable<z.ZodObject<{
        type: z.ZodString;
    }, z.core.$loose>>;
    pre_tokenizer: z.ZodNullable<z.ZodObject<{
        type: z.ZodString;
    }, z.core.$loose>>;
    post_processor: z.ZodNullable<z.ZodObject<{
        type: z.ZodString;
    }, z.core.$loose>>;
    decoder: z.ZodObject<{
        type: z.ZodString;
    }, z.core.$loose>;
    model: z.ZodObject<{
        type: z.ZodString;
    }, z.core.$loose>;
}, z.core.$loose>;
/** A parsed `tokenizer.json`. */
export type TokenizerFile = z.infer<typeof tokenizerFileSchema>;
/** Parses a `tokenizer.json` of a byte-level or U+2581 tokenizer; fails with `malformed_model` for any other. */
export declare const parseTokenizerFile: (json: string) => Result<TokenizerFile>;
/** Whether encoding puts a space in front of a text. */
export declare const prependsSpace: (file: TokenizerFile) => boolean;
/** Whether decoding drops the space that a text begins with. */
export declare const dropsFirstSpace: (file: TokenizerFile) => boolean;
/** The same tokenizer without the space in front: it encodes text that continues another. */
export declare const continuationFile: (file: TokenizerFile) => TokenizerFile;
export {};
