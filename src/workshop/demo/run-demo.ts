import type { ServiceClient } from "../../client/client.ts";
import { ok, type Result } from "../../core/result.ts";
import { DEFAULT_CHANNEL } from "../defaults.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";
import { editModel } from "../editing/edit-model.ts";
import { publishBundle } from "../publishing/publish-bundle.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { askCases, type CaseAnswers } from "./ask-cases.ts";
import type { DemoCase } from "./demo-case.ts";
import type { AnsweredCase } from "./demo-document.ts";
import type { DemoWorkplace } from "./demo-workplace.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** A running service with its operator. */
export interface DemoScene {
  readonly files: ModelDirectory;
  readonly workplace: DemoWorkplace;
  readonly client: ServiceClient;
  /** Of work on the demo's service. */
  readonly context: WorkshopContext;
  readonly stopwatch: Stopwatch;
}

const askAll = (scene: DemoScene, cases: readonly DemoCase[], name: string) => {
  const { client, files, context, stopwatch } = scene;
  const respondent = { client, model: files.model.name, maxTokens: files.model.dims.context };
  return stopwatch.time(name, () => askCases(respondent, cases, name, context));
};

const channelOf = ({ files }: DemoScene) => ({ model: files.model.name, channel: DEFAULT_CHANNEL });

/** The operator's part, by the functions that the commands call. */
const correct = async (scene: DemoScene, cases: readonly DemoCase[]): Promise<Result<unknown>> => {
  const { files, workplace, client, context, stopwatch } = scene;
  const { bundleDirectory: directory, keyFile: key } = workplace;
  // The demo itself asks before and after, so the editor need not ask probe prompts.
  const options = { model: files.directory, method: "grace", out: directory, key };
  const edits = cases.map(({ given }) => given);
  const made = await stopwatch.time("edit", () => editModel({ ...options, edits }, context));
  if (!made.ok) return made;
  const published = await stopwatch.time("publish", () => publishBundle({ directory, key }, context));
  if (!published.ok) return published;
  const version = String(published.value.version);
  const message = "the demo's corrections";
  return stopwatch.time("release", () => client.channels.release(channelOf(scene), { version, message }));
};

const rollBack = (scene: DemoScene): Promise<Result<unknown>> => {
  const message = "the demo shows that nothing stays";
  return scene.stopwatch.time("roll back", () =>
    scene.client.channels.rollBack(channelOf(scene), { message }),
  );
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
  const before = await askAll(scene, cases, "ask");
  if (!before.ok) return before;
  const corrected = await correct(scene, cases);
  if (!corrected.ok) return corrected;
  const after = await askAll(scene, cases, "ask again");
  if (!after.ok) return after;
  const undone = await rollBack(scene);
  if (!undone.ok) return undone;
  const rolledBack = await askAll(scene, cases, "ask once more");
  return rolledBack.ok ? ok(join(cases, before.value, after.value, rolledBack.value)) : rolledBack;
};
