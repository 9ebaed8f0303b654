import type { Node } from "../graph.ts";
import type { GraphIndex } from "../graph-index.ts";
/** Operations a walk may pass, each with the inputs it follows: the data alone, or every operand. */
export type Passable = ReadonlyMap<string, "first" | "all">;
/** What only moves elements about. */
export declare const MOVEMENT: Passable;
/** Movement, and the arithmetic of rotary positions, scaling and masking. */
export declare const ARITHMETIC: Passable;
/** Every tensor met on the way back from `start` through passable operations, depth first; `stop` ends a path. */
export declare const walkBack: (index: GraphIndex, start: string, pass: Passable, stop: (tensor: string, node: Node | undefined) => boolean) => Set<string>;
/** The first node on the way back from `start` for which `wanted` holds. */
export declare const findBack: (index: GraphIndex, start: string, pass: Passable, wanted: (node: Node) => boolean) => Node | undefined;
/** Every tensor whose values `tensors` depend on; what is read for its shape alone does not count. */
export declare const ancestors: (index: GraphIndex, tensors: readonly string[], stop?: (node: Node) => boolean) => Set<string>;
