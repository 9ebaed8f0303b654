/** The root of a worker process: opens the model whose directory is its argument, and computes what the pool sends. */

import { ok, type Result } from "../../core/result.ts";
import { EDIT_TASKS } from "../../edit/tasks.ts";
import type { Compute, TaskContext, TaskTable } from "../../edit/workbench.ts";
import { EVALUATION_TASKS } from "../../eval/tasks.ts";
import { readModelDirectory } from "../directories/model-directory.ts";
import { openModel } from "../models/open-model.ts";
import { SILENT } from "../workshop-context.ts";
import type { WorkerAnswer, WorkerRequest } from "./messages.ts";

const TASKS: TaskTable = { ...EDIT_TASKS, ...EVALUATION_TASKS };

/** Surroundings of a worker: the process that started it tells people of progress, and ends it on Ctrl-C. */
const silent = { progress: SILENT, now: () => performance.now(), signal: new AbortController().signal };

const openContext = async (modelDirectory: string): Promise<Result<TaskContext>> => {
  const files = await readModelDirectory(modelDirectory);
  if (!files.ok) return files;
  const opened = await openModel(files.value, silent);
  return opened.ok ? ok({ model: files.value.model, ...opened.value }) : opened;
};

const context = openContext(process.argv[2]!);
const opened = new Map<number, Promise<Result<Compute<never, unknown>>>>();

const openTask = async (name: string, shared: unknown): Promise<Result<Compute<never, unknown>>> => {
  const at = await context;
  if (!at.ok) return at;
  const task = await TASKS[name]!();
  return task.open(shared as never, at.value);
};

const compute = async (id: number, item: unknown): Promise<WorkerAnswer> => {
  const task = await opened.get(id)!;
  return task.ok ? task.value(item as never) : task;
};

process.on("message", async (request: WorkerRequest) => {
  if (request.kind === "open") opened.set(request.id, openTask(request.task, request.shared));
  else process.send!(await compute(request.id, request.item));
});

// Ctrl-C reaches all processes of a terminal: the one that started this one ends it.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit());
