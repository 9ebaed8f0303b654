import { TOKEN_ROLES, type TokenRole } from "../../core/model/model-trace.ts";
import type { HeatMap, HeatRow } from "../../plot/heat-map.ts";
import type { AverageTrace } from "./average-traces.ts";
import type { FactTrace } from "./trace-fact.ts";
import type { TracePrompt } from "./trace-prompt.ts";
import { TRACE_SITES, type TraceSite } from "./trace-session.ts";

/** What each panel shows, for people. */
const PANEL_TITLES: Readonly<Record<TraceSite, string>> = {
  residual: "Block output",
  ffn: "FFN",
  attention: "Attention",
};

const ROLE_LABELS: Readonly<Record<TokenRole, string>> = {
  "subject-first": "subject, first token",
  "subject-middle": "subject, middle",
  "subject-last": "subject, last token",
  further: "further tokens",
  "prompt-last": "last prompt token",
};

const COMMON = {
  explanation: "Each cell: what restoring that one state brings back. Columns: blocks; *: subject",
  column: "block",
} as const;

/** A token of the subject, whose embeddings were corrupted, carries an asterisk. */
const rowOf = (label: string, subject: boolean): HeatRow => ({
  label: subject ? `${label} *` : label,
  strong: subject,
});

const probabilities = (clean: number, corrupted: number): string =>
  `probability ${clean.toFixed(3)}, with the subject corrupted ${corrupted.toFixed(3)}`;

/** The map of one fact: rows are tokens, columns blocks. `answer` is the text of the answer's first token. */
export const factHeatMap = (prompt: TracePrompt, answer: string, trace: FactTrace): HeatMap => ({
  ...COMMON,
  title: `${prompt.tokens.join("").trim()} →${answer}`,
  subtitle: `First token of the answer: ${probabilities(trace.clean, trace.corrupted)}`,
  rows: prompt.tokens.map((token, position) =>
    rowOf(token.trim() || "␣", position >= prompt.subject.start && position < prompt.subject.end),
  ),
  panels: TRACE_SITES.map((site) => ({ title: PANEL_TITLES[site], values: trace.effects[site] })),
});

/** The map of an average; roles that no fact has are left out. */
export const averageHeatMap = (model: string, average: AverageTrace): HeatMap => {
  const roles = TOKEN_ROLES.filter((role) => average.effects.residual[role] !== null);
  return {
    ...COMMON,
    title: `${model}, average over ${average.facts} facts`,
    subtitle: `First tokens of the answers: mean ${probabilities(average.clean, average.corrupted)}`,
    rows: roles.map((role) => rowOf(ROLE_LABELS[role], role.startsWith("subject"))),
    panels: TRACE_SITES.map((site) => ({
      title: PANEL_TITLES[site],
      values: roles.map((role) => average.effects[site][role]!),
    })),
  };
};
