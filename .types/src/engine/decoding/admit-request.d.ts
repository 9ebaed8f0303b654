import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { type Result } from "../../core/result.ts";
import type { GenerationRequest } from "../generation.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
/** Most alternatives that are reported for a token. */
export declare const MOST_LOGPROBS = 20;
/** Most stop sequences of a request. */
export declare const MOST_STOPS = 4;
/** Longest stop sequence, in UTF-16 code units. */
export declare const LONGEST_STOP = 200;
/** Highest temperature; OpenAI's bound. */
export declare const HIGHEST_TEMPERATURE = 2;
/** What a model's engine accepts. */
export interface EngineLimits {
    /** Most tokens, prompt and answer together. */
    readonly context: number;
    /** Longest prompt, in tokens: it leaves room for one more. */
    readonly promptTokens: number;
    readonly logprobs: number;
    readonly stops: number;
    readonly stopLength: number;
    readonly temperature: number;
}
/** The limits of `model`. */
export declare const limitsOf: (model: PreparedModel) => EngineLimits;
/** A request whose prompt is token ids, known to be within the limits. */
export type AdmittedRequest = GenerationRequest & {
    readonly prompt: readonly number[];
};
/** Token ids of a prompt; fails for one that is empty, too long, or not made of the model's tokens. */
export declare const admitPrompt: (model: PreparedModel, tokenizer: Tokenizer, prompt: string | readonly number[]) => Result<readonly number[]>;
/** Checks a request against the model's limits and turns its prompt into token ids. */
export declare const admitRequest: (model: PreparedModel, tokenizer: Tokenizer, request: GenerationRequest) => Result<AdmittedRequest>;
