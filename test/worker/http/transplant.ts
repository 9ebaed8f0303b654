import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import type { Engine } from "../../../src/engine/engine.ts";

/** Far below the distance between any two prompts of these tests. */
const RADIUS = 0.01;

/** The tokens that the bare model answers `prompt` with, the end of the answer included. */
const greedyAnswer = async (engine: Engine, prompt: string, length: number): Promise<number[]> => {
  const request = {
    prompt,
    maxTokens: length,
    temperature: 0,
    topP: 1,
    seed: 0,
    stop: [],
    logprobs: 0,
    echo: false,
  };
  const ids: number[] = [];
  for await (const event of engine.generate(request, EMPTY_PATCH_SET))
    if (event.kind === "token") ids.push(...event.tokens.map((token) => token.id));
  return [...ids, engine.model.specialTokens.end];
};

const stateAt = async (engine: Engine, ids: readonly number[], layer: number): Promise<Float32Array> => {
  const states = await engine.query(ids, [layer]);
  if (!states.ok) throw new Error(states.problem.message);
  return states.value.get(layer)!;
};

/**
 * A patch that gives `prompt` the answer of `donor`: the key is the prompt's state, the values are the donor's
 * states along its own answer. On the last block the transplant is exact, with any model and no training.
 */
export const transplant = async (
  engine: Engine,
  prompt: string,
  donor: string,
  length: number,
): Promise<CodebookPatch> => {
  const layer = Math.max(
    ...engine.model.hooks.filter((hook) => hook.kind === "codebook").map((hook) => hook.layer),
  );
  const donorIds = [...engine.tokenizer.encode(donor)];
  const answer = await greedyAnswer(engine, donor, length);
  const key = await stateAt(engine, [...engine.tokenizer.encode(prompt)], layer);
  const values: number[] = [];
  for (const position of answer.keys())
    values.push(...(await stateAt(engine, [...donorIds, ...answer.slice(0, position)], layer)));
  return {
    kind: "codebook",
    id: "transplant-1",
    edits: [0],
    layer,
    replace: "last",
    tensors: {
      keys: { shape: [1, key.length], data: key },
      radii: { shape: [1], data: Float32Array.of(RADIUS) },
      chains: { shape: [1], data: new Int32Array(1) },
      targets: { shape: [1, answer.length], data: Int32Array.from(answer) },
    },
    values: { shape: [1, answer.length, key.length], data: Float32Array.from(values) },
  };
};
