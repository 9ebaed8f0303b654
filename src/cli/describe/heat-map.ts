import type { AverageTrace } from "../../edit/trace/average-traces.ts";
import type { FactTrace } from "../../edit/trace/trace-fact.ts";
import { TOKEN_ROLES, type TokenRole, type TracePrompt } from "../../edit/trace/trace-prompt.ts";
import { TRACE_SITES, type TraceSite } from "../../edit/trace/trace-session.ts";

/** A row of all panels: a token, or what a token is to its fact. */
export interface HeatRow {
  readonly label: string;
  /** Whether it belongs to the subject, whose embeddings were corrupted. */
  readonly subject: boolean;
}

/** Effects to show: three panels of the same rows over the blocks. */
export interface HeatMap {
  readonly title: string;
  readonly subtitle: string;
  readonly rows: readonly HeatRow[];
  readonly panels: readonly { readonly site: TraceSite; readonly effects: readonly (readonly number[])[] }[];
}

/** What each panel shows, for people. */
export const PANEL_TITLES: Readonly<Record<TraceSite, string>> = {
  residual: "Block output",
  ffn: "FFN",
  attention: "Attention",
};

const ROLE_LABELS: Readonly<Record<TokenRole, string>> = {
  subject_first: "subject, first token",
  subject_middle: "subject, middle",
  subject_last: "subject, last token",
  further: "further tokens",
  prompt_last: "last prompt token",
};

const probabilities = (clean: number, corrupted: number): string =>
  `probability ${clean.toFixed(3)}, with the subject corrupted ${corrupted.toFixed(3)}`;

/** The map of one fact. `answer` is the text of the answer's first token. */
export const factHeatMap = (prompt: TracePrompt, answer: string, trace: FactTrace): HeatMap => ({
  title: `${prompt.tokens.join("").trim()} →${answer}`,
  subtitle: `First token of the answer: ${probabilities(trace.clean, trace.corrupted)}`,
  rows: prompt.tokens.map((token, position) => ({
    label: token.trim() || "␣",
    subject: position >= prompt.subject.start && position < prompt.subject.end,
  })),
  panels: TRACE_SITES.map((site) => ({ site, effects: trace.effects[site] })),
});

/** The map of an average; roles that no fact has are left out. */
export const averageHeatMap = (model: string, average: AverageTrace): HeatMap => {
  const roles = TOKEN_ROLES.filter((role) => average.effects.residual[role] !== null);
  return {
    title: `${model}, average over ${average.facts} facts`,
    subtitle: `First tokens of the answers: mean ${probabilities(average.clean, average.corrupted)}`,
    rows: roles.map((role) => ({ label: ROLE_LABELS[role], subject: role.startsWith("subject") })),
    panels: TRACE_SITES.map((site) => ({ site, effects: roles.map((role) => average.effects[site][role]!) })),
  };
};

/** The largest effect on the map, by which its colours are scaled; above 0. */
export const largestEffect = ({ panels }: HeatMap): number =>
  Math.max(1e-3, ...panels.flatMap(({ effects }) => effects.flat()));
