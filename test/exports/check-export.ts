import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { editSchema } from "../../src/core/edit/edit.ts";
import { EMPTY_PATCH_SET } from "../../src/core/patch/patch-set.ts";
import { fail, ok, type Result } from "../../src/core/result.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { modelFeeds } from "../../src/onnx/model-feeds.ts";
import { openOfflineSession } from "../../src/onnx/offline-session.ts";
import { type ModelDirectory, readModelDirectory } from "../../src/workshop/directories/model-directory.ts";
import { readGraphOf } from "../../src/workshop/directories/model-parts.ts";
import { editModel } from "../../src/workshop/editing/edit-model.ts";
import { openModel } from "../../src/workshop/models/open-model.ts";
import { prepareModelDirectory } from "../../src/workshop/preparing/prepare-model-directory.ts";
import type { WorkshopContext } from "../../src/workshop/workshop-context.ts";

/** What the exporter's own runtime computed of its file. */
const referenceSchema = z.object({
  prompt_ids: z.array(z.number()),
  logits_last: z.array(z.number()),
  greedy_ids: z.array(z.number()),
  smallest_gap: z.number(),
});

type Reference = z.infer<typeof referenceSchema>;

/** Largest difference of a logit, as a share of the largest, by format. */
const TOLERANCE: Readonly<Record<string, number>> = { fp32: 1e-4, "fp32-dynamo": 1e-4, fp16: 2e-2 };
/** Quantised graphs are served as they are, by the same kernels. */
const QUANTISED_TOLERANCE = 1e-3;

/** Edits that random models are given; each method must make one of them hold, at its own block or another. */
const TARGETS = ["k", "Q", "7", "e"];
const SETTINGS: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  grace: [{}],
  rome: [{}, { layer: "1" }, { layer: "0" }],
};

const checkLogits = async (
  files: ModelDirectory,
  { prompt_ids, logits_last }: Reference,
  tolerance: number,
): Promise<Result<null, string>> => {
  const graph = readGraphOf(files, "plain");
  if (!graph.ok) return fail(graph.problem.message);
  const session = await openOfflineSession(graph.value);
  if (!session.ok) return fail(session.problem.message);
  const { logits } = files.model.io;
  const outputs = await session.value.run(modelFeeds(files.model, prompt_ids), [logits]);
  await session.value.release();
  const last = (outputs[logits]!.data as Float32Array).subarray(-logits_last.length);
  const largest = Math.max(...logits_last.map(Math.abs));
  const gap = Math.max(...logits_last.map((logit, i) => Math.abs(logit - last[i]!))) / largest;
  return gap <= tolerance ? ok(null) : fail(`logits differ by ${gap.toExponential(1)}`);
};

const checkGreedy = async (
  engine: Engine,
  { prompt_ids, greedy_ids, smallest_gap }: Reference,
  tolerance: number,
): Promise<Result<null, string>> => {
  const ids: number[] = [];
  const asked = { prompt: prompt_ids, maxTokens: greedy_ids.length, temperature: 0, topP: 1, seed: 0 };
  for await (const event of engine.generate(
    { ...asked, stop: [], logprobs: 0, echo: false },
    EMPTY_PATCH_SET,
  ))
    if (event.kind === "token") ids.push(...event.tokens.map(({ id }) => id));
  const end = greedy_ids.indexOf(engine.model.specialTokens.end);
  const expected = end < 0 ? greedy_ids : greedy_ids.slice(0, end);
  if (ids.join() === expected.join() || smallest_gap < tolerance) return ok(null);
  return fail(`greedy ${ids.join(" ")}, not ${expected.join(" ")}`);
};

const checkEdit = async (
  directory: string,
  method: string,
  context: WorkshopContext,
): Promise<Result<null, string>> => {
  let reason = "";
  const attempts = SETTINGS[method]!.flatMap((settings) => TARGETS.map((target) => ({ settings, target })));
  for (const { settings, target } of attempts) {
    const edit = editSchema.parse({ prompt: "The colour of the sea is", subject: "sea", target, end: false });
    const options = {
      edits: [edit],
      model: directory,
      method,
      settings,
      dryRun: true,
      workers: 1,
      probes: 20,
    };
    const edited = await editModel(options, context);
    if (!edited.ok) reason = edited.problem.message;
    else if (edited.value.measured.edits[0]?.answers[0]?.fixed) return ok(null);
    else reason = `${method} does not hold`;
  }
  return fail(`${method}: ${reason}`);
};

/**
 * Holds an export against its reference: prepares it, compares logits and greedy tokens, and makes one edit by GRACE and
 * one by ROME. Null where all of it works; a text where the export is refused by what its operators lack. Fails with the
 * reason.
 */
export const checkExport = async (
  folder: string,
  format: string,
  context: WorkshopContext,
): Promise<Result<string | null, string>> => {
  const reference = referenceSchema.parse(JSON.parse(await readFile(join(folder, "reference.json"), "utf8")));
  const out = join(context.projectDirectory, "prepared", folder.split("/").slice(-2).join("-"));
  const lowRank = [0, 1, 2].map((layer) => ({ layer, site: "down" }) as const);
  const prepared = await prepareModelDirectory(
    { source: folder, name: "export", out, hooks: { lowRank } },
    context,
  );
  if (!prepared.ok) {
    const { code, message } = prepared.problem;
    return code === "unsupported_operator" ? ok(message) : fail(message);
  }
  const files = await readModelDirectory(out);
  if (!files.ok) return fail(files.problem.message);
  const tolerance = TOLERANCE[format] ?? QUANTISED_TOLERANCE;
  const logits = await checkLogits(files.value, reference, tolerance);
  if (!logits.ok) return logits;
  const opened = await openModel(files.value, context);
  if (!opened.ok) return fail(opened.problem.message);
  const largest = Math.max(...reference.logits_last.map(Math.abs));
  const greedy = await checkGreedy(opened.value.engine, reference, tolerance * largest);
  await opened.value.engine.release();
  if (!greedy.ok) return greedy;
  for (const method of ["grace", "rome"]) {
    const held = await checkEdit(out, method, context);
    if (!held.ok) return held;
  }
  return ok(null);
};
