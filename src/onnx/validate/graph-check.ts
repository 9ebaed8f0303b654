import type { Graph } from "../graph.ts";

/** A check of a graph: a text for each fault it finds, which names the node or the tensor. */
export type GraphCheck = (graph: Graph) => readonly string[];

/** Most faults of one kind that are named. */
export const MOST_NAMED = 5;

/** `names` as people read them, the first of many. */
export const listed = (names: readonly string[]): string =>
  names
    .slice(0, MOST_NAMED)
    .map((name) => `"${name}"`)
    .join(", ") + (names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "");
