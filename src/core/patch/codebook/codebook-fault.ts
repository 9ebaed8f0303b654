import { type Problem, problem } from "../../problem.ts";
import type { CodebookContent } from "./codebook-content.ts";
import { CODEBOOK_MAX_TARGET_TOKENS } from "./codebook-limits.ts";

/** Where a fault is: a row of one of the patch's tensors. */
interface Place {
  readonly tensor: string;
  readonly row: number;
}

const malformed = (patch: string, { tensor, row }: Place, fault: string): Problem =>
  problem("malformed_tensors", `Patch "${patch}", tensor "${tensor}", row ${row}: ${fault}. Edit again.`, {
    param: tensor,
    detail: { patch, tensor, row },
  });

const tooManyTokens = (patch: string, tokens: number): Problem =>
  problem(
    "limit_exceeded",
    `Patch "${patch}" has targets of ${tokens} tokens; at most ${CODEBOOK_MAX_TARGET_TOKENS} fit an entry. ` +
      "Edit again with a shorter target.",
    { param: "targets", detail: { patch, limit: CODEBOOK_MAX_TARGET_TOKENS, got: tokens } },
  );

const faultOfTargets = (targets: Int32Array, vocabulary: number): string | null => {
  if (targets[0] === -1) return "expected at least one target token";
  const end = targets.indexOf(-1);
  const length = end < 0 ? targets.length : end;
  for (const [position, token] of targets.entries()) {
    if (position >= length && token !== -1) return `a target token follows the chain's end, ${token}`;
    if (position < length && (token < 0 || token >= vocabulary))
      return `expected token ids from 0 to ${vocabulary - 1}, got ${token}`;
  }
  return null;
};

const faultOfEntries = (
  id: string,
  { radii, chains, targets }: CodebookContent["tensors"],
): Problem | null => {
  const chainCount = targets.shape[0]!;
  for (const [row, radius] of radii.data.entries())
    if (radius < 0)
      return malformed(
        id,
        { tensor: "radii", row },
        `expected a deferral radius of 0 or more, got ${radius}`,
      );
  for (const [row, chain] of chains.data.entries())
    if (chain < 0 || chain >= chainCount)
      return malformed(
        id,
        { tensor: "chains", row },
        `expected a chain from 0 to ${chainCount - 1}, got ${chain}`,
      );
  return null;
};

/**
 * Checks what shapes cannot say of a codebook: radii are not negative (a negative one is the dummy row's, an entry
 * that could never hit), every key names a chain there is, targets are token ids of the vocabulary, then only -1.
 * Returns the first fault as `malformed_tensors`, or `limit_exceeded` past `CODEBOOK_MAX_TARGET_TOKENS`, or null.
 */
export const codebookFault = (
  id: string,
  tensors: CodebookContent["tensors"],
  vocabulary: number,
): Problem | null => {
  const [chainCount, length] = tensors.targets.shape as readonly [number, number];
  if (length > CODEBOOK_MAX_TARGET_TOKENS) return tooManyTokens(id, length);
  const entry = faultOfEntries(id, tensors);
  if (entry !== null) return entry;
  for (let row = 0; row < chainCount; row++) {
    const fault = faultOfTargets(tensors.targets.data.subarray(row * length, (row + 1) * length), vocabulary);
    if (fault !== null) return malformed(id, { tensor: "targets", row }, fault);
  }
  return null;
};
