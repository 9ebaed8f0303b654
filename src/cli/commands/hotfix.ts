import { z } from "zod";
import { type Edit, editSchema } from "../../core/edit/edit.ts";
import { checkSubject } from "../../core/edit/parse-edits.ts";
import { problem } from "../../core/problem.ts";
import { MESSAGE_MAX_LENGTH } from "../../core/release/plan-move.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { summarizeEdits } from "../../edit/measuring/measured-edits.ts";
import { METHODS } from "../../edit/methods.ts";
import type { MadeHotfix } from "../../workshop/publishing/make-hotfix.ts";
import { defineCommand, type Outcome, type OutputMode } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { formatEditReport, sideEffects } from "../describe/edit-report.ts";
import { describeMove } from "../describe/move.ts";
import {
  CHANNEL,
  DRY_RUN,
  flag,
  LOCAL_MODEL,
  MESSAGE,
  METHOD,
  METHOD_SETTINGS,
  PROBES,
  SIGNING_KEY,
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
  end: z.boolean().default(true),
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

const editOf = ({ prompt, target, subject, paraphrase, end }: Input): Result<Edit> => {
  const edit = {
    ...{ prompt, target, paraphrases: paraphrase },
    ...(subject !== undefined && { subject }),
    ...(!end && { end }),
  };
  const named = checkSubject(editSchema.parse(edit));
  return named.ok ? named : fail(problem("malformed_edit", `${named.problem}.`, { param: "--subject" }));
};

/** Asks a person whether to go on; where nobody is there to be asked, or `--yes` was given, it goes on. */
const confirm = async ({ yes, channel }: Input, { terminal }: RunningContext): Promise<Result<null>> => {
  if (yes || terminal.askText === null) return ok(null);
  const answer = await terminal.askText(`Put this live on ${channel}? (y/N)`);
  if (answer !== null && /^y(es)?$/i.test(answer.trim())) return ok(null);
  return fail(problem("cancelled", "Cancelled; nothing was changed."));
};

const documentOf = ({ outcome, measured, hotfix }: MadeHotfix) => ({
  hotfix: hotfix?.bundle.id ?? null,
  patches: hotfix?.bundle.manifest.patches.map(({ id, kind, layer = null }) => ({ id, kind, layer })) ?? [],
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
  // Loaded when it works: the runtime and the gradient engine are no concern of a help text.
  const { hotfixChannel } = await import("../../workshop/publishing/hotfix-channel.ts");
  const ready = await hotfixChannel({ ...options, edit: edit.value, settings: options.set }, context);
  if (!ready.ok) return ready;
  const { outcome, measured, hotfix, putLive } = ready.value;
  const { progress, terminal } = context;
  const document = documentOf(ready.value);
  progress.end();
  if (!json) terminal.write(`${formatEditReport(outcome, measured, document.counts, terminal.style)}\n\n`);
  if (hotfix === null)
    return ok({
      document: { status: "skipped", ...document },
      text: "Nothing to correct: nothing was changed.",
    });
  const superseded = describeSuperseded(hotfix.disable);
  if (putLive === null)
    return ok({
      document: { status: "would go live", ...document },
      text: `${superseded}Dry run: hotfix ${hotfix.bundle.id} was not put live.`,
    });
  if (!json && superseded !== "") terminal.write(superseded);
  const agreed = await confirm(options, context);
  if (!agreed.ok) return agreed;
  const { message, prompt, target } = options;
  const moved = await putLive(message ?? shorten(`${prompt} -> ${target}`, MESSAGE_MAX_LENGTH));
  if (!moved.ok) return moved;
  return ok({
    document: { ...document, ...moved.value },
    text: describeMove(moved.value, terminal.style).text,
  });
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
    { flags: "--no-end", description: "let the text go on after the target" },
    { flags: "--paraphrase <texts...>", description: "other ways to ask; given to the method" },
    CHANNEL,
    LOCAL_MODEL,
    METHOD,
    METHOD_SETTINGS,
    PROBES,
    SIGNING_KEY,
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
