import { ok, type Result } from "../../result.ts";
import type { FloatTensor } from "../../tensor/tensor.ts";
import { areResident } from "../patch-values.ts";
import type { CodebookContent, Replacement } from "./codebook-content.ts";

/** One entry: a row of a patch's keys. */
interface Entry {
  readonly patch: CodebookContent;
  readonly row: number;
}

/** What an entry injects, and for how long. The arrays are views of the patch's tensors. */
export interface ChainContent {
  /** [t, d]: one value for each target token. */
  readonly values: Float32Array;
  /** [t]: the tokens that an answer must follow for the next value to go in; the end of the answer included. */
  readonly targets: Int32Array;
  /** Where the first value goes in: at the last prompt token, or at every one. */
  readonly replace: Replacement;
}

/** The row of the chain that an entry injects. */
export const chainRow = ({ patch, row }: Entry): number => patch.tensors.chains.data[row]!;

/** The target tokens of chain `row`, without what pads them. */
export const chainTargets = ({ tensors: { targets } }: CodebookContent, row: number): Int32Array => {
  const length = targets.shape[1]!;
  const padded = targets.data.subarray(row * length, (row + 1) * length);
  const end = padded.indexOf(-1);
  return end < 0 ? padded : padded.subarray(0, end);
};

/** The values [t, d] of chain `row` of `values` [c, T, d], as many as it has targets. */
export const valuesOfChain = ({ shape, data }: FloatTensor, row: number, targets: number): Float32Array => {
  const [, longest, width] = shape as readonly [number, number, number];
  const start = row * longest * width;
  return data.subarray(start, start + targets * width);
};

/**
 * The chain of an entry that hit. Settles at once where the patch's values are in memory, and else reads them.
 * Errors: those of `DeferredValues`; an answer must then fail, as there is nothing right to inject.
 */
export const chainOf = async (entry: Entry): Promise<Result<ChainContent>> => {
  const { patch } = entry;
  const values = areResident(patch.values) ? ok(patch.values) : await patch.values.read();
  if (!values.ok) return values;
  const row = chainRow(entry);
  const targets = chainTargets(patch, row);
  return ok({
    values: valuesOfChain(values.value, row, targets.length),
    targets,
    replace: patch.replace,
  });
};
