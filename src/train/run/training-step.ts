import { ok, type Result } from "../../core/result.ts";
import { LossSession } from "../../onnx/autodiff/loss-session.ts";
import { type Feeds, floatTensor, integerTensor } from "../../onnx/offline-session.ts";
import { weightsAsInputs } from "../../onnx/surgery/weights-as-inputs.ts";
import type { TrainConfig } from "../config.ts";
import type { Batch } from "../data/batches.ts";
import { type Parameter, viewOf } from "../decoder/parameters.ts";
import { trainingGraph } from "../decoder/training-graph.ts";

/** Computes losses and gradients; compiles once for each shape of batch it meets. */
export interface TrainingStep {
  /** The loss of `batch` under the current weights, in nats; overwrites the gradients with its gradients. */
  run(batch: Batch): Promise<Result<number>>;
  /** Frees all sessions. */
  release(): Promise<void>;
}

const batchFeeds = ({ rows, length, inputs, targets, weights }: Batch): Feeds => ({
  input_ids: integerTensor([rows, length], inputs),
  targets: integerTensor([rows, length], targets),
  loss_weights: floatTensor([rows, length], weights),
});

/**
 * Prepares steps over flat vectors of weights and gradients, laid out by `parameters`; both are read and written in
 * place. A step fails as `LossSession` does.
 */
export const createTrainingStep = (
  { model, threads }: Pick<TrainConfig, "model" | "threads">,
  parameters: readonly Parameter[],
  weights: Float32Array,
  gradients: Float32Array,
): TrainingStep => {
  const names = parameters.map(({ name }) => name);
  const tensorsOver = (flat: Float32Array): Feeds =>
    Object.fromEntries(
      parameters.map((parameter) => [parameter.name, floatTensor(parameter.shape, viewOf(flat, parameter))]),
    );
  const [weightTensors, gradientTensors] = [tensorsOver(weights), tensorsOver(gradients)];
  const session = new LossSession(
    (feeds) => {
      const [rows, length] = feeds.input_ids!.shape as [number, number];
      const held = trainingGraph(model, parameters, weights, { rows, length });
      const graph = weightsAsInputs(held, names);
      return graph.ok ? ok({ graph: graph.value, loss: "loss", by: names }) : graph;
    },
    { threads },
  );
  return {
    async run(batch) {
      const feeds = { ...weightTensors, ...batchFeeds(batch) };
      const opened = await session.open(feeds);
      if (!opened.ok) return opened;
      const { loss } = await opened.value.differentiate(feeds, [], gradientTensors);
      return ok(loss);
    },
    release: () => session.release(),
  };
};
