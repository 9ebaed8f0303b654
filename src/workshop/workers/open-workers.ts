import type { ModelDirectory } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { defaultWorkers } from "./worker-count.ts";
import { openWorkerPool, type WorkerPool } from "./worker-pool.ts";

/**
 * The workers of a command: as many as were asked for, else as many as the machine takes; null where that is one, as
 * then the process does the work itself.
 */
export const openWorkers = (
  asked: number | undefined,
  files: ModelDirectory,
  context: WorkshopContext,
): WorkerPool | null => {
  const count = asked ?? defaultWorkers(files, context);
  if (count === 1) return null;
  return openWorkerPool({ count, modelDirectory: files.directory, signal: context.signal });
};
