import type { CodebookHook, PreparedModel } from "../../../src/core/model/prepared-model.ts";
import { composePatchSet } from "../../../src/core/patch/compose.ts";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../../src/core/patch/patch-set.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { NEURONS_OF_PATCH, type PatchVariant } from "../variant.ts";

/** Tokens of an entry's chain: as long as a long correction. */
const CHAIN_TOKENS = 8;
/** Wide enough for the state's own rounding, far too narrow for any other key. */
const HIT_RADIUS = 0.5;

/** A repeatable sequence of numbers from -1 to 1 (mulberry32); what they are does not matter to the time. */
const numbers = (count: number, scale: number): Float32Array => {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return scale * (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1);
  });
};

/** The deepest hook of a kind; throws where the model has none, as then there is nothing to measure. */
const hookOf = <Kind extends PreparedModel["hooks"][number]["kind"]>(model: PreparedModel, kind: Kind) => {
  type Found = Extract<PreparedModel["hooks"][number], { kind: Kind }>;
  const hook = model.hooks.findLast((candidate): candidate is Found => candidate.kind === kind);
  if (hook === undefined) throw new Error(`${model.name} has no hook for ${kind} patches`);
  return hook;
};

/** The model's own states along its own answer: an entry of them changes nothing, so that a hit can be checked. */
const ownStates = async (
  engine: Engine,
  layer: number,
  prompt: readonly number[],
  answer: readonly number[],
) => {
  const states: Float32Array[] = [];
  for (let length = 0; length < CHAIN_TOKENS; length++) {
    const queried = await engine.query([...prompt, ...answer.slice(0, length)], [layer]);
    if (!queried.ok) throw new Error(queried.problem.message);
    states.push(queried.value.get(layer)!.slice());
  }
  return states;
};

/** Entries of any keys and one value each. */
const fillers = (hook: CodebookHook, entries: number, target: number, radius: number): CodebookPatch => ({
  id: "fillers",
  edits: [0],
  layer: hook.layer,
  kind: "codebook",
  replace: "last",
  tensors: {
    keys: { shape: [entries, hook.width], data: numbers(entries * hook.width, 10) },
    radii: { shape: [entries], data: new Float32Array(entries).fill(radius) },
    chains: { shape: [entries], data: Int32Array.from({ length: entries }, (_, entry) => entry) },
    targets: { shape: [entries, 1], data: new Int32Array(entries).fill(target) },
  },
  values: { shape: [entries, 1, hook.width], data: new Float32Array(entries * hook.width) },
});

const hitting = async (
  engine: Engine,
  { layer, width }: CodebookHook,
  prompt: readonly number[],
  answer: readonly number[],
): Promise<CodebookPatch> => {
  const states = await ownStates(engine, layer, prompt, answer);
  const values = new Float32Array(CHAIN_TOKENS * width);
  for (const [position, state] of states.entries()) values.set(state, position * width);
  return {
    id: "hit",
    edits: [0],
    layer,
    kind: "codebook",
    replace: "last",
    values: { shape: [1, CHAIN_TOKENS, width], data: values },
    tensors: {
      keys: { shape: [1, width], data: states[0]! },
      radii: { shape: [1], data: Float32Array.of(HIT_RADIUS) },
      chains: { shape: [1], data: Int32Array.of(0) },
      targets: { shape: [1, CHAIN_TOKENS], data: Int32Array.from(answer.slice(0, CHAIN_TOKENS)) },
    },
  };
};

const codebook = async (
  engine: Engine,
  { entries, hit }: Extract<PatchVariant, { kind: "codebook" }>,
  prompt: readonly number[],
  answer: readonly number[],
): Promise<CodebookPatch[]> => {
  const hook = hookOf(engine.model, "codebook");
  const others = hit ? entries - 1 : entries;
  return [
    ...(others > 0 ? [fillers(hook, others, answer[0]!, hit ? HIT_RADIUS : 0)] : []),
    ...(hit ? [await hitting(engine, hook, prompt, answer)] : []),
  ];
};

const lowRank = (model: PreparedModel, rank: number): LowRankPatch => {
  const { layer, site, in: from, out } = hookOf(model, "low-rank");
  return {
    id: "bench",
    edits: [0],
    layer,
    site,
    kind: "low-rank",
    tensors: {
      A: { shape: [from, rank], data: numbers(from * rank, 1e-3) },
      B: { shape: [rank, out], data: numbers(rank * out, 1e-3) },
    },
  };
};

/** Keys are so small that the bias alone decides; values so that what fires hardly moves the answer. */
const neurons = (
  model: PreparedModel,
  { size, firing }: Extract<PatchVariant, { kind: "neurons" }>,
): NeuronsPatch[] => {
  const { layer, width } = hookOf(model, "neurons");
  const count = NEURONS_OF_PATCH;
  return Array.from({ length: size / count }, (_, index) => ({
    id: `bench-${index}`,
    edits: [0],
    layer,
    kind: "neurons",
    tensors: {
      K: { shape: [width, count], data: numbers(width * count, 1e-6) },
      b: { shape: [count], data: new Float32Array(count).fill(index * count < firing ? 1 : -1) },
      V: { shape: [count, width], data: numbers(count * width, 1e-4) },
    },
  }));
};

const patchesOf = async (
  engine: Engine,
  variant: Exclude<PatchVariant, { kind: "none" }>,
  prompt: readonly number[],
  answer: readonly number[],
): Promise<readonly Patch[]> => {
  switch (variant.kind) {
    case "codebook":
      return codebook(engine, variant, prompt, answer);
    case "low-rank":
      return [lowRank(engine.model, variant.rank)];
    case "neurons":
      return neurons(engine.model, variant);
  }
};

/**
 * A patch set of the size asked for on `engine`'s model. A codebook that hits holds the model's own states along
 * `answer`, which the bare model gives to `prompt`, so the answer stays what it is.
 */
export const syntheticPatchSet = async (
  engine: Engine,
  variant: PatchVariant,
  prompt: readonly number[],
  answer: readonly number[],
): Promise<PatchSet> => {
  if (variant.kind === "none") return EMPTY_PATCH_SET;
  const patches = await patchesOf(engine, variant, prompt, answer);
  const composed = composePatchSet(JSON.stringify(variant), patches, engine.model);
  if (!composed.ok) throw new Error(composed.problem.message);
  return composed.value;
};
