import type { FloatTensor } from "./tensor.ts";

/** Numbers that are spread into one call. */
const STRETCH = 4_096;

/** The Euclidean norm of all of a tensor's numbers. */
export const tensorNorm = ({ data }: FloatTensor): number => {
  const norms: number[] = [];
  for (let start = 0; start < data.length; start += STRETCH)
    norms.push(Math.hypot(...data.subarray(start, start + STRETCH)));
  return Math.hypot(...norms);
};
