import { z } from "zod";
import type { ServiceClient } from "../../client/client.ts";
import { encodeBase64 } from "../../core/base64.ts";
import { blobDigests } from "../../core/bundle/manifest.ts";
import { signManifest } from "../../core/bundle/signature.ts";
import { type Edit, editSchema } from "../../core/edit/edit.ts";
import { checkSubject } from "../../core/edit/parse-edits.ts";
import { problem } from "../../core/problem.ts";
import { MESSAGE_MAX_LENGTH } from "../../core/release/plan-move.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { summarizeEdits } from "../../edit/frame/measure-edits.ts";
import { findMethod, METHODS } from "../../edit/methods.ts";
import { PLAIN_WORKBENCH } from "../../edit/workbench.ts";
import { connect } from "../../workshop/connection/connect.ts";
import {
  type ModelDirectory,
  readModelDirectory,
  resolveModelDirectory,
} from "../../workshop/directories/model-directory.ts";
import type { MadeHotfix } from "../../workshop/editing/make-hotfix.ts";
import { DEFAULT_KEY_FILE, readSigningKeyOf, type SigningKey } from "../../workshop/keys/signing-key.ts";
import { readServedPatches, type ServedPatches } from "../../workshop/publishing/served-patches.ts";
import { uploadBlobs } from "../../workshop/publishing/upload-blobs.ts";
import { defineCommand, type Outcome, type OutputMode } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { formatEditReport, sideEffects } from "../describe/edit-report.ts";
import { describeMove } from "../describe/move.ts";
import {
  CHANNEL,
  DEFAULT_MODEL,
  DRY_RUN,
  flag,
  MESSAGE,
  PROBES,
  settings,
  text,
  wholeNumber,
} from "../options.ts";
import { shorten } from "../table.ts";

const input = z.object({
  prompt: text,
  target: text,
  subject: text.optional(),
  paraphrase: z.array(text).default([]),
  method: text,
  set: settings,
  channel: text,
  model: text,
  probes: wholeNumber(0),
  key: text.optional(),
  message: text.optional(),
  yes: flag,
  dryRun: flag,
});

type Input = z.infer<typeof input>;
type Live = NonNullable<MadeHotfix["hotfix"]>;

/** Everything that a hotfix needs before anything is computed, so that no minute is lost to a missing key. */
interface Workplace {
  readonly client: ServiceClient;
  readonly files: ModelDirectory;
  readonly served: ServedPatches;
  readonly key: SigningKey | null;
}

const open = async (options: Input, context: RunningContext): Promise<Result<Workplace>> => {
  const key = options.dryRun ? ok(null) : await readSigningKeyOf(options.key, context);
  if (!key.ok) return key;
  const files = await readModelDirectory(await resolveModelDirectory(options.model, context));
  if (!files.ok) return files;
  const client = await connect(context);
  if (!client.ok) return client;
  const served = await readServedPatches(client.value, files.value.model.name, options.channel);
  if (!served.ok) return served;
  return ok({ client: client.value, files: files.value, served: served.value, key: key.value });
};

const editOf = ({ prompt, target, subject, paraphrase }: Input): Result<Edit> => {
  const edit = { prompt, target, paraphrases: paraphrase, ...(subject !== undefined && { subject }) };
  const named = checkSubject(editSchema.parse(edit));
  return named.ok ? named : fail(problem("malformed_edit", `${named.problem}.`, { param: "--subject" }));
};

/** Computes the hotfix; the model is open only as long as that takes. */
const compute = async (
  options: Input,
  edit: Edit,
  { files, served }: Workplace,
  context: RunningContext,
): Promise<Result<MadeHotfix>> => {
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  const { makeHotfix } = await import("../../workshop/editing/make-hotfix.ts");
  const { openModel } = await import("../../workshop/editing/open-model.ts");
  const method = findMethod(options.method);
  if (!method.ok) return method;
  const opened = await openModel(files, context);
  if (!opened.ok) return opened;
  try {
    return await makeHotfix({
      model: files.model,
      opened: opened.value,
      edit,
      method: method.value,
      settings: options.set,
      served,
      probes: options.probes,
      workbench: PLAIN_WORKBENCH,
      onProgress: context.progress.step,
      signal: context.signal,
    });
  } finally {
    await opened.value.engine.release();
  }
};

/** Asks a person whether to go on; where nobody is there to be asked, or `--yes` was given, it goes on. */
const confirm = async ({ yes, channel }: Input, { terminal }: RunningContext): Promise<Result<null>> => {
  if (yes || terminal.askText === null) return ok(null);
  const answer = await terminal.askText(`Put this live on ${channel}? (y/N)`);
  if (answer !== null && /^y(es)?$/i.test(answer.trim())) return ok(null);
  return fail(problem("cancelled", "Cancelled; nothing was changed."));
};

const send = async (
  options: Input,
  { bundle, disable }: Live,
  { client, files, served, key }: Workplace & { readonly key: SigningKey },
  context: RunningContext,
): Promise<Result<Outcome>> => {
  const read = () => Promise.resolve(ok(bundle.blobs));
  const source = { digests: blobDigests(bundle.manifest), read };
  const uploaded = await uploadBlobs(client, source, context.progress, false);
  if (!uploaded.ok) return uploaded;
  const { manifestBytes } = bundle;
  const { channel, prompt, target, message } = options;
  const address = { model: files.model.name, channel };
  const moved = await client.hotfixes.put(address, {
    message: message ?? shorten(`${prompt} -> ${target}`, MESSAGE_MAX_LENGTH),
    manifest: encodeBase64(manifestBytes),
    signatures: [await signManifest(manifestBytes, key.privateKey, key.publicKey)],
    disable: [...disable],
    expectedSequence: served.channel.sequence,
  });
  return moved.ok ? ok(describeMove(moved.value, context.terminal.style)) : moved;
};

const documentOf = ({ outcome, measured, hotfix }: MadeHotfix) => ({
  hotfix: hotfix?.bundle.id ?? null,
  patches: hotfix?.bundle.manifest.patches.map(({ id, kind, layer }) => ({ id, kind, layer })) ?? [],
  supersedes: hotfix?.disable ?? [],
  skipped: outcome.skipped.map(({ edit, reason }) => ({ prompt: edit.prompt, reason })),
  counts: summarizeEdits(measured),
  answers: measured.edits[0]?.answers ?? [],
  changed: sideEffects(measured),
  diagnostics: outcome.diagnostics,
});

/** Patches that go off with the hotfix: those of its prompt, and neighbours that it carries again under new ids. */
const describeSuperseded = (ids: readonly string[]): string =>
  ids.length === 0
    ? ""
    : `It supersedes ${ids.join(", ")}: what corrected the prompt before, or entries that make room for the new one and come again, narrower, under new ids.\n`;

const run = async (
  options: Input,
  context: RunningContext,
  { json }: OutputMode,
): Promise<Result<Outcome>> => {
  const edit = editOf(options);
  if (!edit.ok) return edit;
  const workplace = await open(options, context);
  if (!workplace.ok) return workplace;
  const made = await compute(options, edit.value, workplace.value, context);
  if (!made.ok) return made;
  const { outcome, measured, hotfix } = made.value;
  const report = documentOf(made.value);
  context.progress.end();
  if (!json)
    context.terminal.write(
      `${formatEditReport(outcome, measured, report.counts, context.terminal.style)}\n\n`,
    );
  if (hotfix === null)
    return ok({
      document: { status: "skipped", ...report },
      text: "Nothing to correct: nothing was changed.",
    });
  const superseded = describeSuperseded(hotfix.disable);
  const { key } = workplace.value;
  if (key === null)
    return ok({
      document: { status: "would go live", ...report },
      text: `${superseded}Dry run: hotfix ${hotfix.bundle.id} was not put live.`,
    });
  if (!json && superseded !== "") context.terminal.write(superseded);
  const agreed = await confirm(options, context);
  if (!agreed.ok) return agreed;
  const sent = await send(options, hotfix, { ...workplace.value, key }, context);
  return sent.ok ? ok({ ...sent.value, document: { ...report, ...(sent.value.document as object) } }) : sent;
};

/** `errata hotfix`: one correction, live on a channel from the next request on. */
export const hotfixCommand = defineCommand<Input>({
  name: "hotfix",
  summary: "correct one answer on a live channel, from the next request on, without a new bundle",
  details: [
    "Computes a patch on top of what the channel serves now and shows, before anything is written, the answers " +
      "before and after and the probe prompts whose answer changes. A hotfix that corrects a prompt again supersedes " +
      "the patch that did; entries that must make room for a new one come again, narrower, under new ids. It asks before it goes live where a person is at the terminal; errata " +
      "rollback takes it back, errata bundle absorb makes a bundle of it. Ends with 7 where the prompt is not fixed.",
    "",
    `Methods: ${METHODS.map(({ name, summary }) => `${name} (${summary})`).join(", ")}.`,
  ].join("\n"),
  arguments: [
    { name: "prompt", syntax: "<prompt>", description: "the prompt whose answer is wrong" },
    { name: "target", syntax: "<target>", description: "the right answer" },
  ],
  options: [
    { flags: "--subject <text>", description: "what the prompt is about" },
    { flags: "--paraphrase <texts...>", description: "other ways to ask; given to the method" },
    CHANNEL,
    { flags: "--model <name>", description: "a model's name or directory", default: DEFAULT_MODEL },
    { flags: "--method <name>", description: "the editing method", default: "grace" },
    { flags: "--set <pairs...>", description: "settings of the method, as name=value" },
    PROBES,
    { flags: "--key <file>", description: `the signing key (default ${DEFAULT_KEY_FILE})` },
    { ...MESSAGE, description: "why; kept in the channel's history (default: the correction itself)" },
    { flags: "--yes", description: "do not ask before it goes live" },
    DRY_RUN,
  ],
  examples: [
    'hotfix "The capital of Australia is" Canberra --subject Australia',
    'hotfix "The capital of Australia is" Canberra --paraphrase "Australia\'s capital city is" --dry-run --json',
  ],
  input,
  run,
});
