import type { PreparedModel } from "../../core/model/prepared-model.ts";
import type { Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Continuation } from "../../onnx/continue-greedily.ts";
import type { Graph } from "../../onnx/graph.ts";
import { greedyAnswers } from "../running/greedy-answers.ts";
import type { JobControl } from "../running/job-control.ts";
import { ProbeKnowledge } from "./probe-knowledge.ts";
import type { ProbePrompt } from "./probes.ts";

/** Probes, and the model that answers them. */
interface ProbedModel extends JobControl {
  readonly model: PreparedModel;
  readonly graph: Graph;
  readonly engine: Pick<Engine, "tokenizer">;
  readonly probes: readonly ProbePrompt[];
}

const known = new ProbeKnowledge<Continuation>();

/**
 * What the bare model answers to probes, none of them longer than the context, each answered once for each graph.
 * Errors: those of `greedyAnswers`.
 */
export const probeAnswers = (
  stage: string,
  context: ProbedModel,
): Promise<Result<readonly Continuation[]>> => {
  const { model, graph, engine, probes } = context;
  return known.of(graph, "answer", probes, (missing) => {
    const prompts = missing.map(({ prompt }) => engine.tokenizer.encode(prompt));
    return greedyAnswers(model, graph, prompts, stage, context);
  });
};
