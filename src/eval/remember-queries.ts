import type { Result } from "../core/result.ts";
import type { Engine, Prompt } from "../engine/engine.ts";

type Queried = Promise<Result<ReadonlyMap<number, Float32Array>>>;

/**
 * The same engine, which asks the bare model for the state of a prompt only once. A method measures the same
 * thousands of probes for every edit; their states depend on no patch, so an evaluation of many edits can keep them.
 */
export const rememberQueries = (engine: Engine): Engine => {
  const known = new Map<string, Queried>();
  return {
    model: engine.model,
    tokenizer: engine.tokenizer,
    limits: engine.limits,
    admit: (request, patches) => engine.admit(request, patches),
    generate: (request, patches, signal) => engine.generate(request, patches, signal),
    score: (prompt, target, patches) => engine.score(prompt, target, patches),
    release: () => engine.release(),
    query: (prompt: Prompt, layers: readonly number[]): Queried => {
      const key = JSON.stringify([prompt, layers]);
      const answer = known.get(key) ?? engine.query(prompt, layers);
      known.set(key, answer);
      return answer;
    },
  };
};
