import type { ChainContent } from "../../../src/core/patch/codebook/chain.ts";
import type { CodebookBinding } from "../../../src/core/patch/kinds/codebook.ts";

/** What an entry injects; the benchmark's values are all in memory. */
export const chainOf = async (codebook: CodebookBinding, index: number): Promise<ChainContent> => {
  const chain = await codebook.chainOf(index);
  if (!chain.ok) throw new Error(chain.problem.message);
  return chain.value;
};
