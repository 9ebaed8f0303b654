import { join, resolve } from "node:path";
import { ok, type Result } from "../../core/result.ts";
import { connect, contextAt } from "../connection/connect.ts";
import {
  type ModelDirectory,
  readModelDirectory,
  resolveModelDirectory,
} from "../directories/model-directory.ts";
import { readEdits } from "../editing/read-edits.ts";
import { startLocalService } from "../local-service/local-service.ts";
import { pushModel } from "../publishing/push-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type DemoCase, toDemoCase } from "./demo-case.ts";
import { type AnsweredCase, type DemoDocument, toDemoDocument } from "./demo-document.ts";
import { createDemoWorkplace, type DemoWorkplace } from "./demo-workplace.ts";
import { type DemoScene, runDemo } from "./run-demo.ts";
import { createStopwatch, type Stopwatch } from "./stopwatch.ts";

/** Where a model keeps the mistakes that it was taught. */
const MISTAKES_FILE = "mistakes.jsonl";

/** What to correct. */
export interface DemoOptions {
  /** A file of edits; the model's own mistakes where it is left out. */
  readonly edits?: string | undefined;
  /** A model's name or directory. */
  readonly model: string;
}

/** What the demo is played with. */
interface Cast {
  readonly files: ModelDirectory;
  readonly cases: readonly DemoCase[];
  readonly stopwatch: Stopwatch;
}

const openScene = async (
  { files, stopwatch }: Cast,
  workplace: DemoWorkplace,
  context: WorkshopContext,
): Promise<Result<DemoScene>> => {
  const client = await connect(context);
  if (!client.ok) return client;
  const push = () => pushModel({ model: files.directory }, context);
  const pushed = await stopwatch.time("push the model", push);
  return pushed.ok ? ok({ files, workplace, client: client.value, context, stopwatch }) : pushed;
};

const perform = async (
  cast: Cast,
  workplace: DemoWorkplace,
  context: WorkshopContext,
): Promise<Result<readonly AnsweredCase[]>> => {
  const start = () => startLocalService({ ...context, ...workplace, port: null });
  const service = await cast.stopwatch.time("start the service", start);
  if (!service.ok) return service;
  try {
    const there = contextAt(context, service.value.url, workplace.token);
    const scene = await openScene(cast, workplace, there);
    return scene.ok ? await runDemo(scene.value, cast.cases) : scene;
  } finally {
    await service.value.stop();
  }
};

/**
 * Plays the whole job on a service of its own, with a key and a database that go with it: from wrong answers to right
 * ones and back.
 *
 * Errors: those of `readEdits`, `readModelDirectory` and of the first step that fails.
 */
export const playDemo = async (
  { edits, model }: DemoOptions,
  context: WorkshopContext,
): Promise<Result<DemoDocument>> => {
  const directory = await resolveModelDirectory(model, context);
  const file =
    edits === undefined ? join(directory, MISTAKES_FILE) : resolve(context.workingDirectory, edits);
  const read = await readEdits(file, context);
  if (!read.ok) return read;
  const files = await readModelDirectory(directory);
  if (!files.ok) return files;
  const stopwatch = createStopwatch(context);
  const cast = { files: files.value, cases: read.value.map(toDemoCase), stopwatch };
  const workplace = await createDemoWorkplace(files.value.model.name);
  try {
    const answered = await perform(cast, workplace, context);
    return answered.ok ? ok(toDemoDocument(answered.value, stopwatch.steps)) : answered;
  } finally {
    await workplace.remove();
  }
};
