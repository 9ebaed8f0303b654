import type { ServiceClient } from "../../client/client.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { ModelDirectory } from "../../workshop/directories/model-directory.ts";
import type { Progress } from "../../workshop/workshop-context.ts";
import type { RunningContext } from "../context.ts";
import { askCases, type CaseAnswers } from "./ask-cases.ts";
import { makeCorrections, publishCorrections, releaseCorrections, rollBackCorrections } from "./correct.ts";
import type { DemoCase } from "./demo-case.ts";
import type { AnsweredCase } from "./demo-report.ts";
import type { DemoWorkplace } from "./demo-workplace.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** A running service with its operator. */
export interface DemoScene {
  readonly files: ModelDirectory;
  readonly workplace: DemoWorkplace;
  readonly client: ServiceClient;
  /** Of commands on the demo's service. */
  readonly context: RunningContext;
  readonly progress: Progress;
  readonly stopwatch: Stopwatch;
}

const askAll = (scene: DemoScene, cases: readonly DemoCase[], name: string) => {
  const { client, files, progress, stopwatch } = scene;
  const respondent = { client, model: files.model.name, maxTokens: files.model.dims.context };
  return stopwatch.time(name, () => askCases(respondent, cases, name, progress));
};

const correct = async (scene: DemoScene, cases: readonly DemoCase[]): Promise<Result<unknown>> => {
  const { files, workplace, context, stopwatch } = scene;
  const edits = cases.map(({ given }) => given);
  const made = await stopwatch.time("edit", () => makeCorrections(edits, files, workplace, context));
  if (!made.ok) return made;
  const version = await stopwatch.time("publish", () => publishCorrections(workplace, context));
  if (!version.ok) return version;
  return stopwatch.time("release", () => releaseCorrections(version.value, files.model.name, context));
};

const join = (
  cases: readonly DemoCase[],
  before: readonly CaseAnswers[],
  after: readonly CaseAnswers[],
  rolledBack: readonly CaseAnswers[],
): readonly AnsweredCase[] =>
  cases.map((asked, index) => ({
    asked,
    before: before[index]!,
    after: after[index]!,
    rolledBack: rolledBack[index]!,
  }));

/**
 * The whole job on a running service: ask, edit, publish, release, ask again, roll back, ask once more.
 * Errors: those of the first step that fails.
 */
export const runDemo = async (
  scene: DemoScene,
  cases: readonly DemoCase[],
): Promise<Result<readonly AnsweredCase[]>> => {
  const { files, context, stopwatch } = scene;
  const before = await askAll(scene, cases, "ask");
  if (!before.ok) return before;
  const corrected = await correct(scene, cases);
  if (!corrected.ok) return corrected;
  const after = await askAll(scene, cases, "ask again");
  if (!after.ok) return after;
  const undone = await stopwatch.time("roll back", () => rollBackCorrections(files.model.name, context));
  if (!undone.ok) return undone;
  const rolledBack = await askAll(scene, cases, "ask once more");
  return rolledBack.ok ? ok(join(cases, before.value, after.value, rolledBack.value)) : rolledBack;
};
