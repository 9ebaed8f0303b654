import type { Node } from "../graph.ts";
import type { GraphIndex } from "../graph-index.ts";
import type { PartialShapes } from "../infer/partial-shapes.ts";
import type { LoweringEmitter } from "./lowering-emitter.ts";

/** A node with what its graph tells of the tensors around it. */
export interface FusedNode {
  readonly node: Node;
  readonly index: GraphIndex;
  readonly shapes: PartialShapes;
}

/** Why a node cannot be lowered, and how to export the model without it. */
export interface Refusal {
  /** What the node asks for, such as "a past that shares its buffer with the present". */
  readonly what: string;
  /** The export option that avoids it, as an order. */
  readonly instead: string;
}

/**
 * A fused or quantised operator, and how it is written in standard operators that have gradients. One file an
 * operator, all of this shape.
 */
export interface Lowering {
  readonly op: string;
  /** Empty for the standard operator set. */
  readonly domain: "" | "com.microsoft";
  /** First version of its operator set that has the operator. */
  readonly since: number;
  /**
   * A tensor inside of the node that an optional output hands out: how lowering calls it, and the output's place. Where
   * it is only to be read, the node can stay fused.
   */
  readonly exposes?: { readonly hint: string; readonly place: number };
  /** What of this node has no standard form here; undefined where all has. */
  refuses(fused: FusedNode): Refusal | undefined;
  /**
   * Emits operations that write the node's outputs under the names that they have, in float32. Only where `refuses`
   * found nothing.
   */
  lower(fused: FusedNode, emit: LoweringEmitter): void;
}

/** Input `place` of a node; undefined where it is absent. */
export const inputAt = ({ inputs }: Node, place: number): string | undefined => inputs[place] || undefined;

/** Output `place` of a node; undefined where it is absent. */
export const outputAt = ({ outputs }: Node, place: number): string | undefined => outputs[place] || undefined;

/** Refuses nothing. */
export const refusesNothing = (): undefined => undefined;
