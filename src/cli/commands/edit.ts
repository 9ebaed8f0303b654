import { resolve } from "node:path";
import { z } from "zod";
import { counted } from "../../core/counted.ts";
import { EDIT_ID_MAX_LENGTH } from "../../core/edit/edit.ts";
import { checkEditConflicts } from "../../core/edit/edit-conflicts.ts";
import { MAX_EDITS_PER_FILE, parseEditsFile } from "../../core/edit/parse-edits.ts";
import { ANNOTATION_KEYS, EDIT_KEYS, findUnreadKeys } from "../../core/edit/unread-keys.ts";
import { CODEBOOK_MAX_TARGET_TOKENS } from "../../core/patch/codebook-limits.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { ALREADY_ANSWERED } from "../../edit/frame/choose-edits.ts";
import { summarizeEdits } from "../../edit/frame/measure-edits.ts";
import type { SkippedEdit } from "../../edit/method.ts";
import { findMethod, METHODS } from "../../edit/methods.ts";
import { readBytes } from "../../workshop/directories/files.ts";
import { readModelDirectory, resolveModelDirectory } from "../../workshop/directories/model-directory.ts";
import { readParentBundle } from "../../workshop/editing/read-parent-bundle.ts";
import type { EditJob } from "../../workshop/editing/run-edit-job.ts";
import { checkOut, readKeyOf, writeSignedBundle } from "../../workshop/editing/write-signed-bundle.ts";
import { DEFAULT_KEY_FILE } from "../../workshop/keys/signing-key.ts";
import { defineCommand } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { formatEditReport, sideEffects } from "../describe/edit-report.ts";
import { EXIT_DONE, EXIT_WANTING } from "../exit-codes.ts";
import { DEFAULT_MODEL, DRY_RUN, flag, PROBES, settings, text, WORKERS, wholeNumber } from "../options.ts";

const input = z.object({
  file: text,
  model: text,
  method: text,
  set: settings,
  parent: text.optional(),
  out: text.optional(),
  key: text.optional(),
  seed: wholeNumber(0),
  probes: wholeNumber(0),
  workers: wholeNumber(1).optional(),
  fresh: flag,
  dryRun: flag,
});

type Input = z.infer<typeof input>;

/** Says on standard error which keys of the file mean nothing: a misspelt one would be missed in silence. */
const warnOfUnreadKeys = (bytes: Uint8Array, path: string, { terminal }: RunningContext): void => {
  for (const { key, line, lines } of findUnreadKeys(new TextDecoder().decode(bytes)))
    terminal.writeError(
      `warning: ${path}, line ${line}: nothing reads "${key}" (${counted(lines, "line")}). Keys are ` +
        `${EDIT_KEYS.join(", ")}; ${ANNOTATION_KEYS.join(", ")} are yours to use.\n`,
    );
};

const readEdits = async (path: string, context: RunningContext) => {
  const bytes = await readBytes(path, "a file of edits, one JSON object a line");
  if (!bytes.ok) return bytes;
  const edits = parseEditsFile(bytes.value, path);
  if (!edits.ok) return edits;
  warnOfUnreadKeys(bytes.value, path, context);
  const nameOf = (index: number) =>
    `edit ${index + 1} "${edits.value[index]!.id ?? edits.value[index]!.prompt}"`;
  const compatible = checkEditConflicts(edits.value, nameOf);
  return compatible.ok ? edits : compatible;
};

/** Reads and checks everything before the work begins, then computes the bundle. */
const compute = async (options: Input, context: RunningContext): Promise<Result<EditJob>> => {
  const method = findMethod(options.method);
  if (!method.ok) return method;
  const edits = await readEdits(resolve(context.workingDirectory, options.file), context);
  if (!edits.ok) return edits;
  const files = await readModelDirectory(await resolveModelDirectory(options.model, context));
  if (!files.ok) return files;
  const parent = options.parent ? await readParentBundle(options.parent, files.value, context) : ok(null);
  if (!parent.ok) return parent;
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  const { runEditJob } = await import("../../workshop/editing/run-edit-job.ts");
  const read = { files: files.value, edits: edits.value, method: method.value, parent: parent.value };
  return runEditJob({ ...options, ...read, settings: options.set }, context);
};

const nothingMade = (skipped: readonly SkippedEdit[]) => {
  const other = skipped.find(({ reason }) => reason !== ALREADY_ANSWERED);
  return problem(
    "invalid_request",
    other === undefined
      ? "The model answers every edit already: there is nothing to correct."
      : `No patch was made. Skipped "${other.edit.prompt}": ${other.reason}.`,
  );
};

const run = async (options: Input, context: RunningContext, { json }: { json: boolean }) => {
  const key = await readKeyOf(options, context);
  if (!key.ok) return key;
  const free = await checkOut(options.out, context);
  if (!free.ok) return free;
  const computed = await compute(options, context);
  if (!computed.ok) return computed;
  const { made, resumed, forget } = computed.value;
  const { outcome, measured, bundle } = made;
  if (bundle.manifest.patches.length === 0) {
    await forget();
    return fail(nothingMade(outcome.skipped));
  }
  const summary = summarizeEdits(measured);
  const report = formatEditReport(outcome, measured, summary, context.terminal.style);
  context.progress.end();
  if (!json) context.terminal.write(`${report}\n\n`);
  const written = await writeSignedBundle(bundle, key.value, options.out, context);
  if (!written.ok) return written;
  await forget();
  const { directory, shown } = written.value;
  const unfixed = summary.edits - summary.fixed;
  return ok({
    document: {
      bundle: bundle.id,
      directory,
      dryRun: options.dryRun,
      resumed,
      summary,
      skipped: outcome.skipped.map(({ edit, reason }) => ({ prompt: edit.prompt, reason })),
      diagnostics: outcome.diagnostics,
      edits: measured.edits,
      changed: sideEffects(measured),
    },
    text: [
      ...(unfixed === 0
        ? []
        : [`warning: ${counted(unfixed, "edit")} not fixed; another method or other settings may.`]),
      directory
        ? `Wrote ${bundle.id} to ${shown}. ${unfixed === 0 ? "Next" : "To publish it all the same"}: errata publish ${shown}`
        : `Dry run: ${bundle.id} was not written.`,
    ].join("\n"),
    exit: unfixed === 0 ? EXIT_DONE : EXIT_WANTING,
  });
};

/** `errata edit FILE`: computes a signed bundle of patches. */
export const editCommand = defineCommand<Input>({
  name: "edit",
  summary: "compute patches for a file of edits and write them as a signed bundle",
  details: [
    "Each line of FILE is one edit: prompt, target, and optionally id, subject, relation, paraphrases (given to the " +
      "method), locality and portability (for measuring only). Edits that give one subject and relation, or one prompt, " +
      "different targets are refused; one that contradicts the parent's takes its place. Before anything is written, the " +
      "edits and the probe prompts nearest to them are asked before and after, and every answer that changed is shown.",
    "",
    "Every edit is kept as it is finished: after an interrupt or a crash the same command goes on from there. The bundle " +
      "has the same bytes as one that was never interrupted, and for any number of workers.",
    "",
    `Limits: ${MAX_EDITS_PER_FILE} edits a file, ${EDIT_ID_MAX_LENGTH} characters an id; grace takes targets of at most ` +
      `${CODEBOOK_MAX_TARGET_TOKENS} tokens, the end of the answer included.`,
    "",
    `Methods: ${METHODS.map(({ name, summary }) => `${name} (${summary})`).join(", ")}.`,
    ...METHODS.map(
      ({ name, settings: offered }) =>
        `\nSettings of ${name}:\n${Object.entries(offered)
          .map(([setting, { default: value, meaning }]) => `  ${setting}=${value}  ${meaning}`)
          .join("\n")}`,
    ),
  ].join("\n"),
  arguments: [{ name: "file", syntax: "<file>", description: "edits, one JSON object a line" }],
  options: [
    { flags: "--model <name>", description: "a model's name or directory", default: DEFAULT_MODEL },
    { flags: "--method <name>", description: "the editing method", default: "grace" },
    { flags: "--set <pairs...>", description: "settings of the method, as name=value" },
    {
      flags: "--parent <bundle>",
      description: "build on this bundle: a directory, or model@version of the service",
    },
    { flags: "--out <dir>", description: "where to write the bundle (default .errata/bundles/<id>)" },
    { flags: "--key <file>", description: `the signing key (default ${DEFAULT_KEY_FILE})` },
    {
      flags: "--seed <number>",
      description: "recorded in the manifest; methods that draw use it",
      default: "0",
    },
    PROBES,
    WORKERS,
    { flags: "--fresh", description: "forget what an interrupted run of the same command finished" },
    DRY_RUN,
  ],
  examples: [
    "edit models/world/mistakes.jsonl --out fixes",
    "edit edits.jsonl --set guard=0.5 steps=200 --dry-run --json",
    "edit more.jsonl --parent world@3",
  ],
  input,
  run,
});
