import type { Initializer } from "../../graph.ts";
import { type FusedNode, inputAt, type Refusal } from "../lowering.ts";

/** The constant behind input `place`; undefined where it is absent or computed. */
export const constantAt = ({ node, index }: FusedNode, place: number): Initializer | undefined => {
  const input = inputAt(node, place);
  return input === undefined ? undefined : index.constant(input)?.value;
};

/** Refuses a node whose quantised operand, at one of `places`, is not a constant; an absent one may be. */
export const refusesComputed = (fused: FusedNode, places: readonly number[]): Refusal | undefined =>
  places.every((place) => inputAt(fused.node, place) === undefined || constantAt(fused, place) !== undefined)
    ? undefined
    : { what: "a quantised weight that is computed", instead: "export with weights inside" };
