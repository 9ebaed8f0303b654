import { ok, type Result } from "../core/result.ts";
import { addGradients } from "../onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../onnx/autodiff/trace-values.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineSession,
  type OfflineTensor,
  openOfflineSession,
} from "../onnx/offline-session.ts";
import { weightsAsInputs } from "../onnx/surgery/weights-as-inputs.ts";
import type { Batch } from "./batches.ts";
import type { TrainConfig } from "./config.ts";
import { type Parameter, viewOf } from "./parameters.ts";
import { trainingGraph } from "./training-graph.ts";

/** Computes losses and gradients; holds one session for each shape of batch it has met. */
export interface TrainingStep {
  /** The loss of `batch` under the current weights, in nats; overwrites the gradients with its gradients. */
  run(batch: Batch): Promise<Result<number>>;
  /** Frees all sessions. */
  release(): Promise<void>;
}

interface ShapeSession {
  readonly session: OfflineSession;
  /** Gradient outputs, by the parameter's name. */
  readonly gradients: ReadonlyMap<string, string>;
}

const feedsOf = (batch: Batch): Record<string, OfflineTensor> => {
  const shape = [batch.rows, batch.length];
  return {
    input_ids: integerTensor(shape, batch.inputs),
    targets: integerTensor(shape, batch.targets),
    loss_weights: floatTensor(shape, batch.weights),
  };
};

const openSession = async (
  config: TrainConfig,
  parameters: readonly Parameter[],
  weights: Float32Array,
  batch: Batch,
): Promise<Result<ShapeSession>> => {
  const graph = trainingGraph(config.model, parameters, weights, batch);
  const traced = await traceValues(graph, feedsOf(batch), { threads: config.threads });
  if (!traced.ok) return traced;
  const names = parameters.map(({ name }) => name);
  const differentiated = addGradients(graph, traced.value, "loss", names);
  if (!differentiated.ok) return differentiated;
  const { gradients } = differentiated.value;
  const fed = weightsAsInputs(differentiated.value.graph, names);
  if (!fed.ok) return fed;
  const opened = await openOfflineSession(fed.value, { threads: config.threads });
  return opened.ok ? ok({ session: opened.value, gradients }) : opened;
};

/**
 * Prepares steps over flat vectors of weights and gradients, laid out by `parameters`; both are read and written in
 * place. Compiles a session for each new shape of batch at its first use, and fails there as the graph passes do.
 */
export const createTrainingStep = (
  config: TrainConfig,
  parameters: readonly Parameter[],
  weights: Float32Array,
  gradients: Float32Array,
): TrainingStep => {
  const sessions = new Map<string, ShapeSession>();
  const tensorsOver = (flat: Float32Array) =>
    parameters.map((parameter) => floatTensor(parameter.shape, viewOf(flat, parameter)));
  const weightFeeds = Object.fromEntries(
    tensorsOver(weights).map((tensor, i) => [parameters[i]!.name, tensor]),
  );
  const gradientTensors = tensorsOver(gradients);
  const loss = new Float32Array(1);
  const sessionFor = async (batch: Batch): Promise<Result<ShapeSession>> => {
    const shape = `${batch.rows}x${batch.length}`;
    const known = sessions.get(shape);
    if (known) return ok(known);
    const opened = await openSession(config, parameters, weights, batch);
    if (opened.ok) sessions.set(shape, opened.value);
    return opened;
  };
  return {
    async run(batch) {
      const found = await sessionFor(batch);
      if (!found.ok) return found;
      const { session, gradients: outputs } = found.value;
      const fetches = Object.fromEntries(
        parameters.map(({ name }, i) => [outputs.get(name)!, gradientTensors[i]!]),
      );
      await session.run({ ...weightFeeds, ...feedsOf(batch) }, { ...fetches, loss: floatTensor([], loss) });
      return ok(loss[0]!);
    },
    async release() {
      for (const { session } of sessions.values()) await session.release();
      sessions.clear();
    },
  };
};
