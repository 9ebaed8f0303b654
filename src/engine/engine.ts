import { findHook } from "../core/model/find-hook.ts";
import type { ModelFiles } from "../core/model/prepared-files.ts";
import type { CodebookHook, PreparedModel } from "../core/model/prepared-model.ts";
import type { PatchSet } from "../core/patch/patch-set.ts";
import { ProblemError, problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { Backend } from "./backends/backend.ts";
import {
  type AdmittedRequest,
  admitPrompt,
  admitRequest,
  type EngineLimits,
  limitsOf,
} from "./decoding/admit-request.ts";
import { generate } from "./decoding/generate.ts";
import { scoreTarget } from "./decoding/score.ts";
import type { GenerationEvent, GenerationRequest, Score } from "./generation.ts";
import { type BoundPatches, bindPatches } from "./patching/bind-patches.ts";
import { type ModelSessions, openSessions } from "./runner/model-sessions.ts";
import { Runner } from "./runner/runner.ts";
import { lastRow } from "./runner/sequence-tensors.ts";
import type { Kernels } from "./search/kernels.ts";
import { createTokenizer, type Tokenizer } from "./tokenizer/tokenizer.ts";

/** What a question for states says where a layer has no codebook to compare them. */
const QUERY_NEED = { who: "A query", advice: "Ask for layers that have one.", param: "layers" };

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
   * or, for patches made for another model, `wrong_base_model` or `shape_mismatch`.
   */
  admit(request: GenerationRequest, patches: PatchSet): Result<AdmittedRequest>;
  /**
   * Generates an answer; the last event is always `finish`. Decoding stops at the next step once `signal` is
   * aborted, or once the caller stops iterating. A request that `admit` refuses throws that problem as a
   * `ProblemError` at the first event: whoever must tell a client first admits.
   */
  generate(
    request: GenerationRequest,
    patches: PatchSet,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void>;
  /**
   * Log-probabilities of `target` after `prompt`, as decoding would give them; a text continues the prompt as it
   * is written, so it brings its own leading space. Fails as `admit` does, and with `target_too_long`.
   */
  score(prompt: Prompt, target: Prompt, patches: PatchSet): Promise<Result<Score>>;
  /**
   * The bare model's state [d] at the last prompt token, at the output of each of `layers`: what a codebook
   * there compares with its keys, from the very run that answers a request. Fails as `admit` does, and with
   * `wrong_base_model` where a layer has no codebook hook.
   */
  query(prompt: Prompt, layers: readonly number[]): Promise<Result<ReadonlyMap<number, Float32Array>>>;
  /** Frees the runtime's memory; the engine cannot be used again. */
  release(): Promise<void>;
}

/** What an engine is made of: the files of a prepared model, a runtime, and a clock in milliseconds. */
export interface EngineParts extends Omit<ModelFiles, "tokenizer"> {
  readonly model: PreparedModel;
  readonly tokenizerJson: string;
  readonly backend: Backend;
  readonly kernels: Kernels;
  readonly now: () => number;
}

class LoadedEngine implements Engine {
  readonly model: PreparedModel;
  readonly tokenizer: Tokenizer;
  readonly limits: EngineLimits;
  readonly #runner: Runner;
  readonly #now: () => number;
  /** Tensors over a set's arrays are made once for each set, and go when it goes. */
  readonly #bound = new WeakMap<PatchSet, BoundPatches>();

  constructor({ model, backend, kernels, now }: EngineParts, sessions: ModelSessions, tokenizer: Tokenizer) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.limits = limitsOf(model);
    this.#runner = new Runner(model, backend, sessions, kernels);
    this.#now = now;
  }

  admit(request: GenerationRequest, patches: PatchSet): Result<AdmittedRequest> {
    const bound = this.#bind(patches);
    return bound.ok ? admitRequest(this.model, this.tokenizer, request) : bound;
  }

  async *generate(
    request: GenerationRequest,
    patches: PatchSet,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void> {
    const bound = this.#bind(patches);
    if (!bound.ok) throw new ProblemError(bound.problem);
    const admitted = admitRequest(this.model, this.tokenizer, request);
    if (!admitted.ok) throw new ProblemError(admitted.problem);
    const { tokenizer } = this;
    yield* generate(
      { runner: this.#runner, tokenizer, patches: bound.value, now: this.#now, signal },
      admitted.value,
    );
  }

  async score(prompt: Prompt, target: Prompt, patches: PatchSet): Promise<Result<Score>> {
    const bound = this.#bind(patches);
    if (!bound.ok) return bound;
    const promptIds = admitPrompt(this.model, this.tokenizer, prompt);
    if (!promptIds.ok) return promptIds;
    const targetIds = this.#admitTarget(target, promptIds.value.length);
    if (!targetIds.ok) return targetIds;
    return ok(await scoreTarget(this.#runner, this.tokenizer, bound.value, promptIds.value, targetIds.value));
  }

  async query(prompt: Prompt, layers: readonly number[]): Promise<Result<ReadonlyMap<number, Float32Array>>> {
    const ids = admitPrompt(this.model, this.tokenizer, prompt);
    if (!ids.ok) return ids;
    const asked: CodebookHook[] = [];
    for (const layer of layers) {
      const hook = findHook(this.model, { kind: "codebook", layer }, QUERY_NEED);
      if (!hook.ok) return hook;
      asked.push(hook.value);
    }
    const outputs = await this.#runner.runPlain(
      { ...this.#runner.emptyCache, ...this.#runner.tokenFeeds(ids.value) },
      asked.map((hook) => hook.outputs.query),
    );
    return ok(
      new Map(
        asked.map(({ layer, outputs: { query } }) => [
          layer,
          lastRow(outputs[query]!, this.model.dims.width),
        ]),
      ),
    );
  }

  release(): Promise<void> {
    return this.#runner.release();
  }

  #bind(patches: PatchSet): Result<BoundPatches> {
    const known = this.#bound.get(patches);
    if (known !== undefined) return ok(known);
    const bound = bindPatches(this.model, this.#runner.backend, this.#runner.dummies, patches);
    if (bound.ok) this.#bound.set(patches, bound.value);
    return bound;
  }

  #admitTarget(target: Prompt, promptTokens: number): Result<readonly number[]> {
    const ids = typeof target === "string" ? this.tokenizer.encodeContinuation(target) : target;
    const { context, vocabulary } = this.model.dims;
    if (ids.length === 0)
      return fail(
        problem("invalid_request", "The target is empty; give at least one token.", { param: "target" }),
      );
    if (promptTokens + ids.length > context) {
      const message = `Prompt and target have ${promptTokens} and ${ids.length} tokens, together more than the context's ${context}. Shorten them.`;
      return fail(problem("target_too_long", message, { param: "target" }));
    }
    if (ids.every((id) => Number.isInteger(id) && id >= 0 && id < vocabulary)) return ok(ids);
    return fail(
      problem("invalid_request", `Target token ids must be from 0 to ${vocabulary - 1}.`, {
        param: "target",
      }),
    );
  }
}

/**
 * Loads a prepared model. Fails with `malformed_model` for a tokenizer that cannot be used and with
 * `unsupported_graph` for a graph that the runtime refuses. The bytes may be dropped afterwards.
 *
 * @example
 * ```ts
 * import { EMPTY_PATCH_SET } from "./src/core/patch/patch-set.ts";
 * import { createNodeBackend } from "./src/engine/backends/node/node-backend.ts";
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
export const createEngine = async (parts: EngineParts): Promise<Result<Engine>> => {
  const tokenizer = createTokenizer(parts.tokenizerJson);
  if (!tokenizer.ok) return tokenizer;
  const sessions = await openSessions(parts.backend, parts);
  return sessions.ok ? ok(new LoadedEngine(parts, sessions.value, tokenizer.value)) : sessions;
};
