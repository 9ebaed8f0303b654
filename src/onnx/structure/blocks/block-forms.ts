import { fail } from "../../../core/result.ts";
import type { GraphIndex } from "../../graph-index.ts";
import type { Match } from "../decoder-structure.ts";
import type { BlockForm, BlockMatch } from "./block-form.ts";
import { parallelBlock } from "./parallel-block.ts";
import { serialBlock } from "./serial-block.ts";

/** The forms that are known, in the order in which they are tried. */
const BLOCK_FORMS: readonly BlockForm[] = [serialBlock, parallelBlock];

/** The block that writes `output`, of the first form that fits. */
export const matchBlock = (index: GraphIndex, output: string): Match<BlockMatch> => {
  const reasons: string[] = [];
  for (const { name, match } of BLOCK_FORMS) {
    const found = match(index, output);
    if (found.ok) return found;
    reasons.push(`as ${name}: ${found.problem}`);
  }
  return fail(reasons.join("; "));
};
