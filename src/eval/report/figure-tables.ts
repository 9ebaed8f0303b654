import { type Markup, markup } from "../../plot/markup.ts";
import { percent } from "../../plot/numbers.ts";
import type { Estimate, EvaluationReport, GeneralAbility, Interval } from "../report.ts";
import { DEFINITIONS, type Definition, FIGURE_NAMES } from "./definitions.ts";

const BYTES_PER_KIBIBYTE = 1024;

const written = (value: number, { unit }: Definition): string =>
  unit === "share" ? percent(value) : `${value.toFixed(4)} nats`;

const estimateCell = (estimate: Estimate | undefined, definition: Definition): Markup =>
  estimate === undefined
    ? markup`<td class="none">not measured</td>`
    : markup`<td>${written(estimate.mean, definition)} <small>${written(estimate.low, definition)} to ${written(estimate.high, definition)}</small></td>`;

const rowOf = (name: string, hint: string | null, cells: readonly Markup[]): Markup =>
  markup`<tr><th scope="row">${name}${hint && markup`<small>${hint}</small>`}</th>${cells}</tr>
`;

const tableOf = (first: string, labels: readonly string[], rows: readonly Markup[]): Markup =>
  markup`<div class="scroll" tabindex="0"><table><thead><tr>${[first, ...labels].map((label) => markup`<th scope="col">${label}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;

/** Every figure with its interval and its definition, one column a report. Figures that no report has are left out; null where none has any. */
export const figureTable = (
  reports: readonly EvaluationReport[],
  labels: readonly string[],
): Markup | null => {
  const rows = FIGURE_NAMES.filter((name) => reports.some(({ figures }) => figures[name])).map((name) => {
    const definition = DEFINITIONS[name];
    const cells = reports.map(({ figures }) => estimateCell(figures[name], definition));
    return rowOf(definition.label, definition.meaning, cells);
  });
  return rows.length === 0 ? null : tableOf("Figure", labels, rows);
};

const numberOr = (
  value: number | null,
  interval: Interval | null | undefined,
  write: (value: number) => string,
): string => {
  if (value === null) return "not measured";
  return interval ? `${write(value)} (${write(interval.low)} to ${write(interval.high)})` : write(value);
};

const milliseconds = (value: number): string => `${value.toFixed(2)} ms`;

const kibibytes = (value: number): string => `${(value / BYTES_PER_KIBIBYTE).toFixed(1)} KiB`;

const inTwoDecimals = (value: number): string => value.toFixed(2);

const bits = (value: number): string => `${value.toFixed(3)} bits`;

const mebibytes = (value: number): string => `${(value / BYTES_PER_KIBIBYTE ** 2).toFixed(0)} MiB`;

const perplexity = (ability: GeneralAbility | undefined): string =>
  numberOr(ability?.perplexity ?? null, ability?.intervals.perplexity, inTwoDecimals);

const fluency = (ability: GeneralAbility | undefined): string =>
  numberOr(ability?.fluency ?? null, ability?.intervals.fluency, bits);

const COSTS: readonly (readonly [name: string, value: (report: EvaluationReport) => string])[] = [
  ["Edits measured", ({ known }) => String(known)],
  ["Left out: the model does not know the fact", ({ dropped }) => String(dropped)],
  ["Left out: malformed records", ({ skipped }) => String(skipped.length)],
  [
    "Time per edit",
    ({ efficiency: { secondsPerEdit, intervals } }) =>
      numberOr(secondsPerEdit, intervals.secondsPerEdit, (value) => `${value.toFixed(3)} s`),
  ],
  [
    "Bytes per edit in the bundle",
    ({ efficiency: { bytesPerEdit, intervals } }) =>
      numberOr(bytesPerEdit, intervals.bytesPerEdit, kibibytes),
  ],
  ["Workers that shared the machine", ({ efficiency }) => String(efficiency.workers)],
  ["Peak memory of the evaluating process", ({ efficiency }) => mebibytes(efficiency.peakMemoryBytes)],
  [
    "Added to a prefill",
    ({ efficiency: { addedPrefillMilliseconds, intervals } }) =>
      numberOr(addedPrefillMilliseconds, intervals.addedPrefillMilliseconds, milliseconds),
  ],
  [
    "Added to a token",
    ({ efficiency: { addedMillisecondsPerToken, intervals } }) =>
      numberOr(addedMillisecondsPerToken, intervals.addedMillisecondsPerToken, milliseconds),
  ],
  ["Perplexity of text, unedited", ({ ability }) => perplexity(ability)],
  ["Perplexity of text, all edits", ({ sequential }) => perplexity(sequential.at(-1)?.ability)],
  ["Fluency (n-gram entropy), unedited", ({ ability }) => fluency(ability)],
  ["Fluency, all edits", ({ sequential }) => fluency(sequential.at(-1)?.ability)],
];

/** What was measured, what it cost, and how well the model still writes; one column a report. */
export const costTable = (reports: readonly EvaluationReport[], labels: readonly string[]): Markup =>
  tableOf(
    "Quantity",
    labels,
    COSTS.map(([name, value]) =>
      rowOf(
        name,
        null,
        reports.map((report) => markup`<td>${value(report)}</td>`),
      ),
    ),
  );
