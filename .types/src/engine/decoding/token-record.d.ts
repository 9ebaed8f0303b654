import type { TokenEvent } from "../generation.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
/** A token as an event carries it. */
export type TokenRecord = TokenEvent["tokens"][number];
/**
 * Describes token `id`, chosen under `logits` [vocabulary], which are null where nothing came before it. The
 * log-probabilities are the model's own, before temperature and nucleus; `count` null leaves them out.
 */
export declare const describeToken: (tokenizer: Tokenizer, id: number, logits: Float32Array | null, count: number | null) => TokenRecord;
