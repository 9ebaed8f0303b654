import { availableParallelism } from "node:os";
import type { ModelDirectory } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Bytes that a worker takes whatever the model: Node, the project's code and the runtime. */
const WORKER_BYTES = 128 * 2 ** 20;

/** Copies of the weights that the sessions of a worker hold: the decoder's, and one for each shape of gradients. */
const COPIES_OF_WEIGHTS = 16;

/** As many workers as the machine runs at a time, but no more than fit its memory that is free now; at least one. */
export const defaultWorkers = (
  { weights }: Pick<ModelDirectory, "weights">,
  { availableMemory }: Pick<WorkshopContext, "availableMemory">,
): number => {
  const each = WORKER_BYTES + COPIES_OF_WEIGHTS * weights.byteLength;
  return Math.max(1, Math.min(availableParallelism(), Math.floor(availableMemory() / each)));
};
