import { ProblemError } from "../../../core/problem.ts";
import { intAttribute, stringAttribute } from "../../node-attributes.ts";
import { type BackwardStep, firstGradient, type GradientRule, noRule } from "../gradient-rule.ts";

/** The saved log-probabilities, an output of the forward node, declared where it was not. */
const savedLogProbabilities = ({ node, emit }: BackwardStep): string => {
  const [loss, logProbabilities = ""] = node.outputs as [string, string?];
  node.outputs = [loss, logProbabilities || emit.fresh()];
  return node.outputs[1]!;
};

/** What each position's own loss weighs in the result, [positions]: g, or its share in the mean; 0 where ignored. */
const positionWeights = (step: BackwardStep, counted: string | undefined): string => {
  const { node, emit } = step;
  const type = emit.type(node.inputs[0]!);
  const labels = node.inputs[1]!;
  const reduction = stringAttribute(node, "reduction", "mean");
  const g = emit.expand(firstGradient(step), emit.shape(node.outputs[0]!), emit.shape(labels));
  if (counted === undefined) return reduction === "mean" ? emit.scale(g, 1 / emit.count(labels), type) : g;
  const mask = emit.op("CastLike", [counted, node.inputs[0]!]);
  const axes = emit.shape(labels).map((_, axis) => axis);
  const masked = emit.multiply(g, mask);
  return reduction === "mean" ? emit.op("Div", [masked, emit.sum(mask, axes)]) : masked;
};

/**
 * SoftmaxCrossEntropyLoss of scores [n, c, ..] and labels [n, ..], loss = −ln softmax(scores)[label], per position,
 * summed or averaged: with w the weight of each position's loss, dscores = w · softmax(scores) − w at the label.
 * Labels equal to `ignore_index` count nowhere. Class weights are not supported.
 */
const softmaxCrossEntropy: GradientRule = (step) => {
  const { node, emit } = step;
  const [scores, labels, classWeights = ""] = node.inputs as [string, string, string?];
  if (classWeights !== "") throw new ProblemError(noRule(node, "class weights are not supported"));
  const spread = emit.shape(scores).with(1, 1);
  return [
    () => {
      const ignored = node.attributes.has("ignore_index")
        ? emit.op("CastLike", [emit.integers([intAttribute(node, "ignore_index", 0)]), labels])
        : undefined;
      const counted = ignored && emit.op("Not", [emit.op("Equal", [labels, ignored])]);
      const weights = emit.reshape(positionWeights(step, counted), emit.shape(labels), spread);
      const zero = () => emit.op("CastLike", [emit.integers([0]), labels]);
      const places = counted === undefined ? labels : emit.op("Where", [counted, labels, zero()]);
      return [
        emit.multiply(emit.op("Exp", [savedLogProbabilities(step)]), weights),
        {
          axis: 1,
          indices: emit.reshape(places, emit.shape(labels), spread),
          updates: emit.negate(weights),
        },
      ];
    },
  ];
};

/** The rule of the fused loss. */
export const CROSS_ENTROPY_RULES: Readonly<Record<string, GradientRule>> = {
  SoftmaxCrossEntropyLoss: softmaxCrossEntropy,
};
