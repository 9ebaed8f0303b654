import { counted } from "../../core/counted.ts";
import {
  type AnswerChange,
  type Consequence,
  changed,
  type EditSummary,
  type MeasuredEdits,
} from "../../edit/measuring/measured-edits.ts";
import type { EditOutcome } from "../../edit/method.ts";
import type { Style } from "../style.ts";
import { formatTable } from "../table.ts";

const share = (part: number, whole: number, what: string): string =>
  whole === 0 ? `no ${what}` : `${part} of ${counted(whole, what)}`;

/** A line where anything was asked: none of nothing would read like a failure. */
const measured = (part: number, whole: number, what: string, holds: string): readonly string[] =>
  whole === 0 ? [] : [`${share(part, whole, what)} ${holds}`];

const probesHold = ({ probes, probesSilent }: EditSummary): string =>
  `unchanged, those nearest to the edits${
    probesSilent === 0 ? "" : ` (no patch acts on ${probesSilent} of them; ${probes - probesSilent} asked)`
  }`;

/** The counts of a measurement, a line each; what was not asked has none. */
export const summaryLines = (summary: EditSummary): readonly string[] => [
  `${share(summary.fixed, summary.edits, "edit")} fixed`,
  ...measured(summary.paraphrasesFixed, summary.paraphrases, "paraphrase", "given fixed"),
  ...measured(summary.portabilityFollowed, summary.portability, "portability prompt", "answered as expected"),
  ...measured(summary.localityUnchanged, summary.locality, "locality prompt", "unchanged"),
  ...measured(summary.probesUnchanged, summary.probes, "probe prompt", probesHold(summary)),
];

const changeTable = (changes: readonly AnswerChange[], style: Style): string =>
  formatTable(
    ["prompt", "before", "after"],
    changes.map(({ prompt, before, after }) => [prompt, before.trim(), after.trim()]),
    style.strong,
  );

/** Every prompt that changed although no edit asks for it, once each. */
export const sideEffects = ({ edits, probes }: MeasuredEdits): readonly AnswerChange[] => {
  const effects = [...edits.flatMap(({ locality }) => locality), ...probes].filter(changed);
  return [...new Map(effects.map((effect) => [effect.prompt, effect])).values()];
};

const missedTable = (missed: readonly Consequence[], style: Style): readonly string[] =>
  missed.length === 0
    ? []
    : [
        "These do not follow:",
        formatTable(
          ["prompt", "before", "after", "expected"],
          missed.map(({ prompt, before, after, expected }) => [
            prompt,
            before.trim(),
            after.trim(),
            expected.trim(),
          ]),
          style.strong,
        ),
      ];

const verdictOn = (
  effects: readonly AnswerChange[],
  { probes, locality }: EditSummary,
  style: Style,
): string => {
  if (effects.length > 0) return style.bad("These changed too:");
  return probes + locality === 0
    ? style.bad("Whether anything else changed was not asked: there are no probe and no locality prompts.")
    : style.good("Nothing else changed.");
};

/** What people read before anything is written: the edits, what else changed, and what was skipped. */
export const formatEditReport = (
  outcome: EditOutcome,
  measured: MeasuredEdits,
  summary: EditSummary,
  style: Style,
): string => {
  const effects = sideEffects(measured);
  const skipped = outcome.skipped.map(({ edit, reason }) => `skipped "${edit.prompt}": ${reason}`);
  if (measured.edits.length === 0) return skipped.join("\n");
  return [
    changeTable(
      measured.edits.flatMap(({ answers }) => answers),
      style,
    ),
    "",
    ...skipped,
    ...summaryLines(summary),
    ...missedTable(
      measured.edits.flatMap(({ portability }) => portability).filter(({ followed }) => !followed),
      style,
    ),
    verdictOn(effects, summary, style),
    ...(effects.length === 0 ? [] : [changeTable(effects, style)]),
  ].join("\n");
};
