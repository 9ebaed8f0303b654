/**
 * `npm run bench`: the figures that the design sets bounds for, each beside what it is compared with.
 * `-- --only NAME` measures one subject, `-- --json` prints one JSON document, `-- --help` says more. Exit code 1 where a bound is missed.
 */
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { formatTable } from "../../src/cli/table.ts";
import { codebook } from "./codebook.ts";
import { editing } from "./editing.ts";
import type { Figure, Subject } from "./figure.ts";
import { hotfix } from "./hotfix.ts";
import { memory } from "./memory.ts";
import { serving } from "./serving.ts";
import { training } from "./training.ts";
import { uploadSize } from "./upload-size.ts";

const SUBJECTS: readonly Subject[] = [serving, codebook, memory, uploadSize, training, editing, hotfix];

const GIBIBYTE = 2 ** 30;

const describeMachine = () => ({
  date: new Date().toISOString(),
  processor: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / GIBIBYTE),
  node: process.version,
});

const HELP = `Usage: npm run bench -- [--only NAME] [--json]

Measures what the design sets bounds for. Exit code 1 where a bound is missed.

  --only NAME   one subject: ${SUBJECTS.map(({ name }) => name).join(", ")}
  --json        one JSON document
  --help        this text

Training and editing are measured beside PyTorch where python3 has it, or the interpreter that the environment
variable PYTHON names: PYTHON=/path/to/python npm run bench -- --only editing
`;

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const chosen = SUBJECTS.filter(({ name }) => values.only === undefined || values.only === name);
  if (chosen.length > 0) return { chosen, json: values.json };
  const names = SUBJECTS.map(({ name }) => name).join(", ");
  process.stderr.write(`error: --only: expected one of ${names}, got "${values.only}".\n`);
  process.exit(2);
};

const formatNumber = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(2));

const toCells = ({ name, value, unit, beside, ratio, budget }: Figure): readonly string[] => [
  name,
  formatNumber(value),
  unit,
  beside === null ? "" : `${beside.name} ${formatNumber(beside.value)}`,
  ratio === null ? "" : `${(100 * ratio).toFixed(1)} %`,
  budget === null ? "" : `${budget.text}: ${budget.met ? "met" : "MISSED"}`,
];

const formatSubject = (title: string, notes: readonly string[], figures: readonly Figure[]): string => {
  const table = formatTable(
    ["figure", "median", "unit", "beside", "ratio", "asked for"],
    figures.map(toCells),
  );
  return [title, ...notes, "", table].join("\n");
};

const { chosen, json } = readOptions();
const machine = describeMachine();
const measured: { name: string; notes: readonly string[]; figures: readonly Figure[] }[] = [];
if (!json)
  console.log(
    `${machine.date}, ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`,
  );
for (const { name, title, measure } of chosen) {
  process.stderr.write(`measuring: ${name}\n`);
  const notes: string[] = [];
  const figures = await measure((line) => notes.push(line));
  measured.push({ name, notes, figures });
  if (!json) console.log(`\n${formatSubject(title, notes, figures)}`);
}
if (json) console.log(JSON.stringify({ machine, subjects: measured }, null, 2));
const missed = measured.some(({ figures }) => figures.some(({ budget }) => budget?.met === false));
process.exitCode = missed ? 1 : 0;
