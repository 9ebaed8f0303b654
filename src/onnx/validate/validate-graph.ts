import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Graph } from "../graph.ts";
import { checkCycles } from "./cycles.ts";
import { checkFiniteWeights } from "./finite-weights.ts";
import type { GraphCheck } from "./graph-check.ts";
import { checkWiring } from "./wiring.ts";

const CHECKS: readonly GraphCheck[] = [checkWiring, checkCycles, checkFiniteWeights];

/** Passes a graph on that a runtime can make sense of. Errors: `malformed_model` with every fault there is. */
export const validateGraph = (graph: Graph): Result<Graph> => {
  const faults = CHECKS.flatMap((check) => check(graph));
  return faults.length === 0 ? ok(graph) : fail(problem("malformed_model", faults.join(" ")));
};
