import type { PreparedModel } from "../core/model/prepared-model.ts";
import type { PatchSet } from "../core/patch/patch-set.ts";
import { type Result } from "../core/result.ts";
import type { Backend } from "./backends/backend.ts";
import { type AdmittedRequest, type EngineLimits } from "./decoding/admit-request.ts";
import type { GenerationEvent, GenerationRequest, Score } from "./generation.ts";
import type { Kernels } from "./search/kernels.ts";
import { type Tokenizer } from "./tokenizer/tokenizer.ts";
/** Text, or token ids taken as they are. */
export type Prompt = string | readonly number[];
/** A prepared model, loaded: answers requests under any patch set. Several requests may be under way at once. */
export interface Engine {
    readonly model: PreparedModel;
    readonly tokenizer: Tokenizer;
    readonly limits: EngineLimits;
    /**
     * Checks a request and patch set before anything runs, and turns the prompt into token ids, which `generate`
     * then takes as they are. Fails with `prompt_empty`, `prompt_too_long`, `limit_exceeded`, `invalid_request`
     * or, for patches made for another model, `shape_mismatch`.
     */
    admit(request: GenerationRequest, patches: PatchSet): Result<AdmittedRequest>;
    /**
     * Generates an answer; the last event is always `finish`. Decoding stops at the next step once `signal` is
     * aborted, or once the caller stops iterating. A request that `admit` refuses throws that problem as a
     * `ProblemError` at the first event: whoever must tell a client first admits.
     */
    generate(request: GenerationRequest, patches: PatchSet, signal?: AbortSignal): AsyncGenerator<GenerationEvent, void>;
    /**
     * Log-probabilities of `target` after `prompt`, as decoding would give them; a text continues the prompt as it
     * is written, so it brings its own leading space. Fails as `admit` does, and with `target_too_long`.
     */
    score(prompt: Prompt, target: Prompt, patches: PatchSet): Promise<Result<Score>>;
    /**
     * The bare model's state [d] at the last prompt token, at the output of each of `layers`: what a codebook
     * there compares with its keys, from the very run that answers a request. Fails as `admit` does.
     */
    query(prompt: Prompt, layers: readonly number[]): Promise<Result<ReadonlyMap<number, Float32Array>>>;
    /** Frees the runtime's memory; the engine cannot be used again. */
    release(): Promise<void>;
}
/** What an engine is made of: the files of a prepared model, a runtime, and a clock in milliseconds. */
export interface EngineParts {
    readonly model: PreparedModel;
    readonly graph: Uint8Array;
    readonly plain: Uint8Array;
    readonly weights: Uint8Array;
    readonly tokenizerJson: string;
    readonly backend: Backend;
    readonly kernels: Kernels;
    readonly now: () => number;
}
/**
 * Loads a prepared model. Fails with `malformed_model` for a tokenizer that cannot be used and with
 * `unsupported_graph` for a graph that the runtime refuses. The bytes may be dropped afterwards.
 *
 * @example
 * ```ts
 * import { EMPTY_PATCH_SET } from "./src/core/patch/patch-set.ts";
 * import { createNodeBackend } from "./src/engine/backends/node-backend.ts";
 * import { createEngine } from "./src/engine/engine.ts";
 * import { readModelDirectory } from "./src/workshop/directories/model-directory.ts";
 * import { loadKernels } from "./wasm/load-kernels.ts";
 *
 * const files = await readModelDirectory("models/world");
 * if (!files.ok) throw new Error(files.problem.message);
 * const engine = await createEngine({
 *   ...files.value,
 *   tokenizerJson: new TextDecoder().decode(files.value.tokenizer),
 *   kernels: await loadKernels(),
 *   backend: await createNodeBackend(),
 *   now: () => performance.now(),
 * });
 * if (!engine.ok) throw new Error(engine.problem.message);
 *
 * const greedy = { maxTokens: 8, temperature: 0, topP: 1, seed: 0, stop: [], logprobs: null, echo: false };
 * const request = { prompt: "The capital of France is", ...greedy };
 * let answer = "";
 * for await (const event of engine.value.generate(request, EMPTY_PATCH_SET))
 *   if (event.kind === "token") answer += event.text;
 *   else console.log(answer.trim(), event.reason); // => Paris stop
 * await engine.value.release();
 * ```
 */
export declare const createEngine: (parts: EngineParts) => Promise<Result<Engine>>;
