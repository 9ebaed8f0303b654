import { join, resolve } from "node:path";
import { z } from "zod";
import { parseEditsFile } from "../../core/edit/parse-edits.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { connect } from "../../workshop/connection/connect.ts";
import { readBytes } from "../../workshop/directories/files.ts";
import {
  type ModelDirectory,
  readModelDirectory,
  resolveModelDirectory,
} from "../../workshop/directories/model-directory.ts";
import { startLocalService } from "../../workshop/local-service/local-service.ts";
import type { Progress } from "../../workshop/workshop-context.ts";
import { defineCommand } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { pushModel } from "../demo/correct.ts";
import type { DemoCase } from "../demo/demo-case.ts";
import { toDemoCase } from "../demo/demo-case.ts";
import type { AnsweredCase } from "../demo/demo-report.ts";
import { formatDemo, isDemoPassed, toDemoDocument } from "../demo/demo-report.ts";
import { contextAt, createDemoWorkplace, type DemoWorkplace } from "../demo/demo-workplace.ts";
import { type DemoScene, runDemo } from "../demo/run-demo.ts";
import { createStopwatch, type Stopwatch } from "../demo/stopwatch.ts";
import { DEFAULT_MODEL, text } from "../options.ts";

/** Where a model keeps the mistakes that it was taught. */
const MISTAKES_FILE = "mistakes.jsonl";
/** Exit code of a demo that ran and did not show what it should. */
const EXIT_NOT_SHOWN = 1;

const readCases = async (path: string): Promise<Result<readonly DemoCase[]>> => {
  const bytes = await readBytes(path, "a file of edits, one JSON object a line");
  if (!bytes.ok) return bytes;
  const edits = parseEditsFile(bytes.value, path);
  return edits.ok ? ok(edits.value.map(toDemoCase)) : edits;
};

/** What the demo is played with. */
interface Cast {
  readonly files: ModelDirectory;
  readonly cases: readonly DemoCase[];
  readonly stopwatch: Stopwatch;
  readonly progress: Progress;
}

const openScene = async (
  { files, stopwatch, progress }: Cast,
  workplace: DemoWorkplace,
  url: string,
  outer: RunningContext,
): Promise<Result<DemoScene>> => {
  const context = contextAt(workplace, url, outer);
  const client = await connect(context);
  if (!client.ok) return client;
  const pushed = await stopwatch.time("push the model", () => pushModel(files, context));
  return pushed.ok ? ok({ files, workplace, client: client.value, context, progress, stopwatch }) : pushed;
};

const perform = async (
  cast: Cast,
  workplace: DemoWorkplace,
  context: RunningContext,
): Promise<Result<readonly AnsweredCase[]>> => {
  const service = await cast.stopwatch.time("start the service", () =>
    startLocalService({ ...context, ...workplace, port: null }),
  );
  if (!service.ok) return service;
  try {
    const scene = await openScene(cast, workplace, service.value.url, context);
    return scene.ok ? await runDemo(scene.value, cast.cases) : scene;
  } finally {
    await service.value.stop();
  }
};

const performInTemporaryPlace = async (
  cast: Cast,
  context: RunningContext,
): Promise<Result<readonly AnsweredCase[]>> => {
  const workplace = await createDemoWorkplace(cast.files.model.name);
  try {
    return await perform(cast, workplace, context);
  } finally {
    await workplace.remove();
  }
};

/** `errata demo`: the whole job on this machine, from a wrong answer to a right one and back. */
export const demoCommand = defineCommand({
  name: "demo",
  summary: "ask, edit, publish, release, ask again and roll back, on a service of its own",
  details:
    "Starts the service on a free port with a key and a database that go with it, asks each edit's prompt, its last " +
    "paraphrase (which the editor does not get) and its first locality prompt, corrects all mistakes by GRACE, and " +
    "asks again after the release and after the rollback. The exit code is 0 only if every mistake is fixed, every " +
    "locality prompt is unchanged, and everything is as before after the rollback; rephrasings are counted.",
  options: [
    {
      flags: "--edits <file>",
      description: "edits to make, one JSON object a line (default: the model's mistakes)",
    },
    { flags: "--model <name>", description: "a model's name or directory", default: DEFAULT_MODEL },
  ],
  examples: ["demo", "demo --edits edits.jsonl --json"],
  input: z.object({ edits: text.optional(), model: text }),
  run: async ({ edits, model }, context) => {
    const directory = await resolveModelDirectory(model, context);
    const file =
      edits === undefined ? join(directory, MISTAKES_FILE) : resolve(context.workingDirectory, edits);
    const cases = await readCases(file);
    if (!cases.ok) return cases;
    const files = await readModelDirectory(directory);
    if (!files.ok) return files;
    const { progress } = context;
    const stopwatch = createStopwatch(context.signal, progress.note);
    const cast = { files: files.value, cases: cases.value, stopwatch, progress };
    const answered = await performInTemporaryPlace(cast, context);
    if (!answered.ok) return answered;
    const document = toDemoDocument(answered.value, stopwatch.steps);
    const exit = isDemoPassed(document) ? 0 : EXIT_NOT_SHOWN;
    return ok({ document, text: formatDemo(document, context.terminal.style), exit });
  },
});
