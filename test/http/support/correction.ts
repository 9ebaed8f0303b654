import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { Engine } from "../../../src/engine/engine.ts";

/** The fixture's last block, where a codebook's value goes straight into the unembedding. */
const LAYER = 2;
/** Long enough that the token the value points at wins by far. */
const VALUE_SCALE = 20;
const RADIUS = 0.05;

/**
 * A patch that makes the fixture answer `prompt` with `target` and then end: its key is the state at the
 * prompt's end, its values lie along the embeddings of the target's tokens.
 *
 * @param embeddingOf gives a token's row of the embedding [d]
 */
export const correctionOf = async (
  engine: Engine,
  embeddingOf: (token: number) => Float32Array,
  prompt: string,
  target: string,
  id = "grace-1",
): Promise<CodebookPatch> => {
  const states = await engine.query(prompt, [LAYER]);
  if (!states.ok) throw new Error(states.problem.message);
  const key = states.value.get(LAYER)!;
  const targets = Int32Array.from([
    ...engine.tokenizer.encodeContinuation(target),
    engine.model.specialTokens.end,
  ]);
  const values = Float32Array.from(
    [...targets].flatMap((token) => [...embeddingOf(token)].map((value) => value * VALUE_SCALE)),
  );
  return {
    kind: "codebook",
    id,
    edits: [0],
    layer: LAYER,
    replace: "last",
    tensors: {
      keys: { shape: [1, key.length], data: key },
      radii: { shape: [1], data: Float32Array.of(RADIUS) },
      chains: { shape: [1], data: new Int32Array(1) },
      targets: { shape: [1, targets.length], data: targets },
    },
    values: { shape: [1, targets.length, key.length], data: values },
  };
};
