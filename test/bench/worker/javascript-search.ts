import type { CodebookBinding } from "../../../src/core/patch/kinds/codebook.ts";

/** The index of the nearest key by a plain loop: what our kernel is measured beside. */
export const searchInJavaScript = ({ keys, width }: CodebookBinding, query: Float32Array): number => {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  let entry = 0;
  for (const part of keys)
    for (let start = 0; start < part.length; start += width, entry++) {
      let sum = 0;
      for (let axis = 0; axis < width; axis++) {
        const difference = part[start + axis]! - query[axis]!;
        sum += difference * difference;
      }
      if (sum < least) {
        least = sum;
        best = entry;
      }
    }
  return best;
};
