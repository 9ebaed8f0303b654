import type { Problem } from "../problem.ts";
import { problem } from "../problem.ts";
import type { CodebookPatch } from "./patch.ts";

const malformed = (patch: string, tensor: string, row: number, fault: string): Problem =>
  problem("malformed_tensors", `Patch "${patch}", tensor "${tensor}", entry ${row}: ${fault}. Edit again.`, {
    param: tensor,
    detail: { patch, tensor, entry: row },
  });

const faultOfTargets = (targets: Int32Array, vocabulary: number): string | null => {
  if (targets[0] === -1) return "expected at least one target token";
  const end = targets.indexOf(-1);
  const length = end < 0 ? targets.length : end;
  for (const [position, token] of targets.entries()) {
    if (position >= length && token !== -1) return `a target token follows the entry's end, ${token}`;
    if (position < length && (token < 0 || token >= vocabulary))
      return `expected token ids from 0 to ${vocabulary - 1}, got ${token}`;
  }
  return null;
};

/**
 * Checks what shapes cannot say of a codebook: radii are not negative (a negative one is the dummy row's, an entry
 * that could never hit), targets are token ids of the vocabulary, then only -1.
 * Returns the first fault as `malformed_tensors`, or null.
 */
export const codebookFault = (
  id: string,
  tensors: CodebookPatch["tensors"],
  vocabulary: number,
): Problem | null => {
  const [entries, length] = tensors.targets.shape as readonly [number, number];
  for (let row = 0; row < entries; row++) {
    const radius = tensors.radii.data[row]!;
    if (radius < 0)
      return malformed(id, "radii", row, `expected a deferral radius of 0 or more, got ${radius}`);
    const fault = faultOfTargets(tensors.targets.data.subarray(row * length, (row + 1) * length), vocabulary);
    if (fault !== null) return malformed(id, "targets", row, fault);
  }
  return null;
};
