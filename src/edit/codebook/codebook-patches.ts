import { chainRow, chainTargets, valuesOfChain } from "../../core/patch/codebook/chain.ts";
import type { Replacement } from "../../core/patch/codebook/codebook-content.ts";
import { type CodebookPatch, isCodebook } from "../../core/patch/kinds/codebook.ts";
import type { Patch } from "../../core/patch/patch.ts";
import { residentValues } from "../../core/patch/patch-values.ts";
import type { DraftEntry } from "./codebook-geometry.ts";

/** The trained chain of one edit: one value for each target token. */
export interface ValueChain {
  /** [t, d] */
  readonly values: Float32Array;
  /** Exact token ids, the end of the answer included. */
  readonly targets: readonly number[];
}

/** A draft entry with the chain it injects. */
export interface ChainedEntry extends DraftEntry {
  readonly chain: ValueChain;
}

/** What the patch of one edit's entries needs besides them. */
export interface CodebookPatchParts {
  readonly id: string;
  /** The edit's index. */
  readonly edit: number;
  readonly layer: number;
  readonly replace: Replacement;
}

/** The chains of `chains`, each once, as the tensors of a patch. */
const packChains = (chains: readonly ValueChain[], width: number) => {
  const length = Math.max(...chains.map(({ targets }) => targets.length));
  const values = new Float32Array(chains.length * length * width);
  const targets = new Int32Array(chains.length * length).fill(-1);
  for (const [row, chain] of chains.entries()) {
    values.set(chain.values, row * length * width);
    targets.set(chain.targets, row * length);
  }
  return {
    values: { shape: [chains.length, length, width], data: values },
    targets: { shape: [chains.length, length], data: targets },
  };
};

/** The patch of one edit's entries; keys that share a chain name the same row. */
export const toCodebookPatch = (
  { id, edit, layer, replace }: CodebookPatchParts,
  entries: readonly ChainedEntry[],
): CodebookPatch => {
  const rows = entries.length;
  const width = entries[0]!.key.length;
  const chains = [...new Set(entries.map(({ chain }) => chain))];
  const { values, targets } = packChains(chains, width);
  const keys = new Float32Array(rows * width);
  for (const [row, { key }] of entries.entries()) keys.set(key, row * width);
  return {
    kind: "codebook",
    id,
    edits: [edit],
    layer,
    replace,
    tensors: {
      keys: { shape: [rows, width], data: keys },
      radii: { shape: [rows], data: Float32Array.from(entries, ({ radius }) => radius) },
      chains: { shape: [rows], data: Int32Array.from(entries, ({ chain }) => chains.indexOf(chain)) },
      targets,
    },
    values,
  };
};

/** The entries of a patch, to be written anew beside others; `edit` is its edit's index in the new bundle. */
export const toEntries = (patch: CodebookPatch, edit: number): readonly ChainedEntry[] => {
  const [rows = 0, width = 0] = patch.tensors.keys.shape;
  const values = residentValues(patch.values);
  const chains = Array.from({ length: patch.tensors.targets.shape[0]! }, (_, row): ValueChain => {
    const targets = chainTargets(patch, row);
    return { targets: [...targets], values: valuesOfChain(values, row, targets.length) };
  });
  return Array.from({ length: rows }, (_, row) => {
    const chain = chains[chainRow({ patch, row })]!;
    return {
      edit,
      key: patch.tensors.keys.data.subarray(row * width, (row + 1) * width),
      targets: chain.targets,
      radius: patch.tensors.radii.data[row]!,
      chain,
    };
  });
};

/** Whether `patch` is a codebook patch of `layer`. */
export const isCodebookOf = (patch: Patch, layer: number): patch is CodebookPatch =>
  isCodebook(patch) && patch.layer === layer;
