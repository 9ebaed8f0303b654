import type { LinearSite } from "../../core/model/prepared-model.ts";
import { type Problem, problem } from "../../core/problem.ts";
import type { DecoderStructure } from "../structure/decoder-structure.ts";

/** Which blocks, counted from 0, carry which hooks. A site without a hook costs nothing and takes no patch. */
export interface HookSelection {
  readonly codebook: readonly number[];
  readonly neurons: readonly number[];
  readonly lowRank: readonly { readonly layer: number; readonly site: LinearSite }[];
  /** `relu` (the default): a silent neuron adds exactly nothing. `model`: the FFN's own activation. */
  readonly neuronActivation?: "relu" | "model";
}

/** No hooks: the graph behaves and costs as it was exported. */
export const NO_HOOKS: HookSelection = { codebook: [], neurons: [], lowRank: [] };

/**
 * The hooks of a model whose owner chose none: codebook and neurons on the last block, low-rank on the
 * down-projections of the middle third of the blocks, where the literature locates factual recall.
 */
export const defaultHooks = (layers: number): HookSelection => {
  const first = Math.floor(layers / 3);
  const end = Math.max(first + 1, Math.floor((2 * layers) / 3));
  const middle = Array.from({ length: end - first }, (_, offset) => first + offset);
  return {
    codebook: [layers - 1],
    neurons: [layers - 1],
    lowRank: middle.map((layer) => ({ layer, site: "down" })),
  };
};

/** What makes `selection` impossible on this decoder; undefined where it can be had. */
export const findImpossibleHook = (
  { blocks }: DecoderStructure,
  { codebook, neurons, lowRank }: HookSelection,
): Problem | undefined => {
  const layers = [...codebook, ...neurons, ...lowRank.map(({ layer }) => layer)];
  const outside = layers.find((layer) => !blocks[layer]);
  if (outside !== undefined)
    return problem(
      "unsupported_value",
      `Block ${outside} cannot carry a hook: blocks run from 0 to ${blocks.length - 1}.`,
    );
  const ungated = lowRank.find(({ layer, site }) => site === "gate" && !blocks[layer]!.feedForward.gate);
  if (ungated)
    return problem(
      "unsupported_value",
      `Block ${ungated.layer} has no gate in its FFN; choose "up" or "down".`,
    );
  const names = [
    ...codebook.map((layer) => `codebook ${layer}`),
    ...neurons.map((layer) => `neurons ${layer}`),
    ...lowRank.map(({ layer, site }) => `low-rank ${layer} ${site}`),
  ];
  const repeated = names.find((name, position) => names.indexOf(name) !== position);
  return repeated === undefined
    ? undefined
    : problem("unsupported_value", `The hook "${repeated}" is asked for twice; name it once.`);
};
