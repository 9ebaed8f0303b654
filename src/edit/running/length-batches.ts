/** Most tokens of one run, padding included; bounds the memory that attention takes. */
const TOKENS_OF_A_RUN = 1024;

/**
 * Indices of `sequences` in batches of like lengths, the longest first, each within a token limit: little padding, and
 * few runs. The first of a batch is its longest. With `equal` a batch holds sequences of one length only.
 */
export const lengthBatches = (
  sequences: readonly { readonly length: number }[],
  { equal = false }: { readonly equal?: boolean } = {},
): readonly (readonly number[])[] => {
  const batches: number[][] = [];
  const order = Array.from(sequences.keys()).sort((a, b) => sequences[b]!.length - sequences[a]!.length);
  for (const index of order) {
    const batch = batches.at(-1);
    const longest = batch && sequences[batch[0]!]!.length;
    const joins =
      longest !== undefined &&
      (batch!.length + 1) * longest <= TOKENS_OF_A_RUN &&
      (!equal || longest === sequences[index]!.length);
    if (joins) batch!.push(index);
    else batches.push([index]);
  }
  return batches;
};
