import { counted } from "../../core/counted.ts";
import type { Edit } from "../../core/edit/edit.ts";
import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { EditMethod } from "../../edit/method.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";
import type { JobStore } from "../jobs/job-store.ts";
import { openJob } from "../jobs/open-job.ts";
import { type OpenModel, openModel } from "../models/open-model.ts";
import { openWorkers } from "../workers/open-workers.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type MadeBundle, makeBundle, type ParentBundle } from "./make-bundle.ts";

/** What to make a bundle of, read and checked, and how to go about it. */
export interface EditJobRequest {
  readonly files: ModelDirectory;
  readonly edits: readonly Edit[];
  readonly method: EditMethod;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly parent: ParentBundle | null;
  /** How many probe prompts to ask before and after. */
  readonly probes: number;
  /** Workers asked for; as many as the machine takes where it is left out. */
  readonly workers?: number | undefined;
  /** Whether to forget what an interrupted run left. */
  readonly fresh: boolean;
}

/** A job that is done but for the writing of its bundle. */
export interface EditJob {
  readonly made: MadeBundle;
  /** Results that an interrupted run had finished: one an edit and, where edits are solved for in rounds, a round. */
  readonly resumed: number;
  /** Removes what was kept to go on from; to be called once the bundle is written. */
  readonly forget: () => Promise<void>;
}

const makeWithWorkers = async (
  request: EditJobRequest,
  opened: OpenModel,
  { remember }: JobStore,
  context: WorkshopContext,
): Promise<Result<MadeBundle>> => {
  const workers = openWorkers(request.workers, request.files, context);
  try {
    return await makeBundle({
      ...request,
      model: request.files.model,
      opened,
      workbench: { remember, workers },
      onProgress: context.progress.step,
      signal: context.signal,
    });
  } finally {
    await workers?.close();
  }
};

/** Joint methods keep a result of every edit in every round. */
const keptText = (kept: number, edits: number): string =>
  kept > edits
    ? `${kept} results, over several rounds, of ${counted(edits, "edit")}`
    : `${kept} of ${counted(edits, "edit")}`;

/** An interrupt as people are to hear of it: with what was kept and how to go on. */
const withWayOn = (fault: Problem, kept: number, { edits }: EditJobRequest): Problem => {
  if (fault.code !== "cancelled") return fault;
  const message = `Interrupted; no bundle was written. Kept: ${keptText(kept, edits.length)}. The same command goes on from there.`;
  return problem("cancelled", message, { detail: { kept } });
};

const runOn = async (
  request: EditJobRequest,
  opened: OpenModel,
  context: WorkshopContext,
): Promise<Result<EditJob>> => {
  const { edits, method, parent, fresh } = request;
  const identity = { ...request, probes: opened.probes, method: method.name, parent: parent?.id ?? null };
  const store = await openJob(identity, fresh, context);
  const resumed = store.held;
  if (resumed > 0) context.progress.note(`resumed: ${keptText(resumed, edits.length)} were done`);
  try {
    const made = await makeWithWorkers(request, opened, store, context);
    if (!made.ok) return fail(withWayOn(made.problem, store.kept(), request));
    return ok({ made: made.value, resumed, forget: store.remove });
  } finally {
    await store.close();
  }
};

/**
 * Computes a bundle, with workers where the job is of more than a few edits, and keeps every edit as it is finished:
 * the same request takes up again what an interrupted one left. The model is open only as long as that takes.
 *
 * Errors: those of `openModel` and `makeBundle`; an interrupted job says how to go on.
 */
export const runEditJob = async (
  request: EditJobRequest,
  context: WorkshopContext,
): Promise<Result<EditJob>> => {
  const opened = await openModel(request.files, context);
  if (!opened.ok) return opened;
  try {
    return await runOn(request, opened.value, context);
  } finally {
    await opened.value.engine.release();
  }
};
