import { writeFile } from "node:fs/promises";
import { z } from "zod";
import type { Edit } from "../../core/edit/edit.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import type { ModelDirectory } from "../../workshop/directories/model-directory.ts";
import type { Command } from "../command.ts";
import { editCommand } from "../commands/edit.ts";
import { modelPushCommand } from "../commands/model/push.ts";
import { publishCommand } from "../commands/publish.ts";
import { releaseCommand } from "../commands/release.ts";
import { rollbackCommand } from "../commands/rollback.ts";
import type { RunningContext } from "../context.ts";
import { DEFAULT_CHANNEL } from "../options.ts";
import type { DemoWorkplace } from "./demo-workplace.ts";

/*
 * The operator's part of the demo. Each step is the very command that an operator types, so that what the demo
 * shows is what the command line does.
 */

const runCommand = async <Document>(
  command: Command,
  raw: Readonly<Record<string, unknown>>,
  context: RunningContext,
  document: z.ZodType<Document>,
): Promise<Result<Document>> => {
  const outcome = await command.execute(raw, context, { json: true });
  return outcome.ok ? ok(document.parse(outcome.value.document)) : outcome;
};

/** `errata model push`: registers the base model. Errors: those of the command. */
export const pushModel = ({ directory }: ModelDirectory, context: RunningContext): Promise<Result<unknown>> =>
  runCommand(modelPushCommand, { model: directory }, context, z.unknown());

/** `errata edit`: computes the patches and writes them as a signed bundle. Errors: those of the command. */
export const makeCorrections = async (
  edits: readonly Edit[],
  { directory }: ModelDirectory,
  { editsFile, bundleDirectory: out, keyFile: key }: DemoWorkplace,
  context: RunningContext,
): Promise<Result<unknown>> => {
  await writeFile(editsFile, edits.map((edit) => `${JSON.stringify(edit)}\n`).join(""));
  // The demo itself asks before and after, so the command need not ask probe prompts.
  const input = { file: editsFile, model: directory, method: "grace", out, key, seed: "0", probes: "0" };
  return runCommand(editCommand, input, context, z.unknown());
};

/** `errata publish`: gives the bundle its version. Errors: those of the command. */
export const publishCorrections = async (
  { bundleDirectory: directory, keyFile: key }: DemoWorkplace,
  context: RunningContext,
): Promise<Result<number>> => {
  const published = await runCommand(
    publishCommand,
    { directory, key },
    context,
    z.object({ version: z.int() }),
  );
  return published.ok ? ok(published.value.version) : published;
};

/** `errata release`: serves the version on the default channel. Errors: those of the command. */
export const releaseCorrections = (
  version: number,
  model: string,
  context: RunningContext,
): Promise<Result<unknown>> => {
  const input = {
    version: String(version),
    channel: DEFAULT_CHANNEL,
    model,
    message: "the demo's corrections",
  };
  return runCommand(releaseCommand, input, context, z.unknown());
};

/** `errata rollback`: undoes the release. Errors: those of the command. */
export const rollBackCorrections = (model: string, context: RunningContext): Promise<Result<unknown>> =>
  runCommand(
    rollbackCommand,
    { channel: DEFAULT_CHANNEL, model, message: "the demo shows that nothing stays" },
    context,
    z.unknown(),
  );
