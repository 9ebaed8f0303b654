import type { GenerationEvent } from "../generation.ts";
import type { BoundPatches } from "../runner/bind-patches.ts";
import type { Runner } from "../runner/runner.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { AdmittedRequest } from "./admit-request.ts";
/** What one generation needs besides its request. */
export interface GenerationParts {
    readonly runner: Runner;
    readonly tokenizer: Tokenizer;
    readonly patches: BoundPatches;
    /** The caller's clock, in milliseconds. */
    readonly now: () => number;
    readonly signal?: AbortSignal | undefined;
}
/** Runs an admitted request: the echoed prompt where asked for, the answer, and always a finish event last. */
export declare function generate(parts: GenerationParts, request: AdmittedRequest): AsyncGenerator<GenerationEvent, void>;
