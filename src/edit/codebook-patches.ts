import type { CodebookPatch, Patch } from "../core/patch/patch.ts";
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

/** The patch of one edit's entries; every key of an edit injects the same chain. */
export const toCodebookPatch = (
  id: string,
  edit: number,
  layer: number,
  entries: readonly ChainedEntry[],
): CodebookPatch => {
  const rows = entries.length;
  const width = entries[0]!.key.length;
  const length = Math.max(...entries.map(({ chain }) => chain.targets.length));
  const keys = new Float32Array(rows * width);
  const values = new Float32Array(rows * length * width);
  const targets = new Int32Array(rows * length).fill(-1);
  for (const [row, { key, chain }] of entries.entries()) {
    keys.set(key, row * width);
    values.set(chain.values, row * length * width);
    targets.set(chain.targets, row * length);
  }
  const radii = Float32Array.from(entries, ({ radius }) => radius);
  return {
    kind: "codebook",
    id,
    edits: [edit],
    layer,
    tensors: {
      keys: { shape: [rows, width], data: keys },
      values: { shape: [rows, length, width], data: values },
      radii: { shape: [rows], data: radii },
      targets: { shape: [rows, length], data: targets },
    },
  };
};

/** The entries of a patch, to be written anew beside others; `edit` is its edit's index in the new bundle. */
export const toEntries = (patch: CodebookPatch, edit: number): readonly ChainedEntry[] => {
  const [rows = 0, width = 0] = patch.tensors.keys.shape;
  const length = patch.tensors.targets.shape[1] ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const padded = patch.tensors.targets.data.subarray(row * length, (row + 1) * length);
    const targets = Array.from(padded).filter((id) => id >= 0);
    const start = row * length * width;
    return {
      edit,
      key: patch.tensors.keys.data.slice(row * width, (row + 1) * width),
      targets,
      radius: patch.tensors.radii.data[row]!,
      chain: { targets, values: patch.tensors.values.data.slice(start, start + targets.length * width) },
    };
  });
};

/** Whether `patch` is a codebook patch of `layer`. */
export const isCodebookOf = (patch: Patch, layer: number): patch is CodebookPatch =>
  patch.kind === "codebook" && patch.layer === layer;
