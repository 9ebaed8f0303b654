import { counted } from "../../core/counted.ts";
import { type DemoDocument, neighboursAsked, rephrasingsAsked } from "../../workshop/demo/demo-document.ts";
import type { Style } from "../style.ts";
import { formatTable } from "../table.ts";

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
