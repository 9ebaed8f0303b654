import type { CaseAnswers, TimedAnswer } from "./ask-cases.ts";
import type { DemoCase } from "./demo-case.ts";

/** A case with its answers before the release, after it, and after the rollback. */
export interface AnsweredCase {
  readonly asked: DemoCase;
  readonly before: CaseAnswers;
  readonly after: CaseAnswers;
  readonly rolledBack: CaseAnswers;
}

/** One step of the demo and how long it took. */
export interface DemoStep {
  readonly name: string;
  readonly ms: number;
}

interface AskedAround {
  readonly prompt: string;
  readonly before: string;
  readonly after: string;
}

/** What `errata demo --json` prints. */
export interface DemoDocument {
  readonly rows: readonly {
    readonly prompt: string;
    readonly target: string;
    readonly before: string;
    readonly after: string;
    readonly rolledBack: string;
    readonly patch: string | null;
    readonly ms: number;
    readonly rephrasing: AskedAround | null;
    readonly neighbour: AskedAround | null;
  }[];
  readonly fixed: number;
  readonly rephrasingsFixed: number;
  /** Out of the rows that have a neighbour. */
  readonly neighboursUnchanged: number;
  /** Rows of which every answer is again as it was before the release. */
  readonly restored: number;
  readonly total: number;
  readonly steps: readonly DemoStep[];
}

/** Milliseconds to a tenth: more would be noise. */
const rounded = (ms: number): number => Math.round(ms * 10) / 10;

const around = (
  prompt: string | null,
  before: TimedAnswer | null,
  after: TimedAnswer | null,
): AskedAround | null =>
  prompt === null || before === null || after === null
    ? null
    : { prompt, before: before.text, after: after.text };

const toRow = ({ asked, before, after, rolledBack }: AnsweredCase): DemoDocument["rows"][number] => ({
  prompt: asked.prompt,
  target: asked.target,
  before: before.prompt.text,
  after: after.prompt.text,
  rolledBack: rolledBack.prompt.text,
  patch: after.prompt.patch,
  ms: rounded(after.prompt.ms),
  rephrasing: around(asked.rephrasing, before.rephrasing, after.rephrasing),
  neighbour: around(asked.neighbour, before.neighbour, after.neighbour),
});

const isRestored = ({ before, rolledBack }: AnsweredCase): boolean =>
  (["prompt", "rephrasing", "neighbour"] as const).every(
    (question) => before[question]?.text === rolledBack[question]?.text,
  );

/** Compares the answers and counts. */
export const toDemoDocument = (cases: readonly AnsweredCase[], steps: readonly DemoStep[]): DemoDocument => {
  const rows = cases.map(toRow);
  return {
    rows,
    fixed: rows.filter(({ after, target }) => after === target).length,
    rephrasingsFixed: rows.filter(({ rephrasing, target }) => rephrasing?.after === target).length,
    neighboursUnchanged: rows.filter(({ neighbour }) => neighbour && neighbour.after === neighbour.before)
      .length,
    restored: cases.filter(isRestored).length,
    total: rows.length,
    steps: steps.map(({ name, ms }) => ({ name, ms: rounded(ms) })),
  };
};

/** Rows that have a neighbour. */
export const neighboursAsked = ({ rows }: DemoDocument): number =>
  rows.filter(({ neighbour }) => neighbour !== null).length;
/** Rows that have a rephrasing. */
export const rephrasingsAsked = ({ rows }: DemoDocument): number =>
  rows.filter(({ rephrasing }) => rephrasing !== null).length;

/** Whether every mistake is fixed, every neighbour unchanged and everything restored; rephrasings do not decide. */
export const isDemoPassed = (document: DemoDocument): boolean =>
  document.fixed === document.total &&
  document.neighboursUnchanged === neighboursAsked(document) &&
  document.restored === document.total;
