import { counted } from "../../core/counted.ts";
import type { Style } from "../style.ts";
import { formatTable } from "../table.ts";
import type { Answer, CaseAnswers } from "./ask-cases.ts";
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

const around = (prompt: string | null, before: Answer | null, after: Answer | null): AskedAround | null =>
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

const neighboursAsked = ({ rows }: DemoDocument): number =>
  rows.filter(({ neighbour }) => neighbour !== null).length;
const rephrasingsAsked = ({ rows }: DemoDocument): number =>
  rows.filter(({ rephrasing }) => rephrasing !== null).length;

/** Whether every mistake is fixed, every neighbour unchanged and everything restored; rephrasings do not decide. */
export const isDemoPassed = (document: DemoDocument): boolean =>
  document.fixed === document.total &&
  document.neighboursUnchanged === neighboursAsked(document) &&
  document.restored === document.total;

const rowTable = ({ rows }: DemoDocument, style: Style): string =>
  formatTable(
    ["prompt", "before", "after", "after rollback", "patch that fired", "ms"],
    rows.map(({ prompt, target, before, after, rolledBack, patch, ms }) => [
      prompt,
      before,
      (after === target ? style.good : style.bad)(after),
      rolledBack,
      patch ?? "none",
      String(ms),
    ]),
    style.strong,
  );

/** What went wrong, a line each: the table shows neither targets nor neighbours. */
const faults = ({ rows }: DemoDocument, style: Style): readonly string[] =>
  rows.flatMap(({ prompt, target, after, neighbour }) => [
    ...(after === target ? [] : [style.bad(`not fixed: "${prompt}" should get "${target}"`)]),
    ...(neighbour === null || neighbour.after === neighbour.before
      ? []
      : [style.bad(`changed: "${neighbour.prompt}" from "${neighbour.before}" to "${neighbour.after}"`)]),
  ]);

/** The document for people: table, faults, counts, and the time of each step. */
export const formatDemo = (document: DemoDocument, style: Style): string => {
  const { fixed, total, rephrasingsFixed, neighboursUnchanged, restored, steps } = document;
  return [
    rowTable(document, style),
    "",
    ...faults(document, style),
    `${fixed} of ${counted(total, "mistake")} fixed`,
    `${rephrasingsFixed} of ${counted(rephrasingsAsked(document), "rephrasing")} that the editor never saw fixed`,
    `${neighboursUnchanged} of ${counted(neighboursAsked(document), "neighbour")} unchanged`,
    `${restored} of ${total} restored by the rollback`,
    "",
    formatTable(
      ["step", "seconds"],
      steps.map(({ name, ms }) => [name, (ms / 1000).toFixed(1)]),
      style.strong,
    ),
  ].join("\n");
};
