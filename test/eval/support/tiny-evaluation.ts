import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EditMethod } from "../../../src/edit/method.ts";
import { localModel } from "../../../src/eval/asking/local-model.ts";
import type { EvaluationCase } from "../../../src/eval/case.ts";
import { openJournal } from "../../../src/eval/journal.ts";
import { openEditor } from "../../../src/eval/measuring/editor.ts";
import { FIXED_TEXT } from "../../../src/eval/measuring/passages.ts";
import type { EvaluationReport } from "../../../src/eval/report.ts";
import { type EvaluationParts, runEvaluation } from "../../../src/eval/run-evaluation.ts";
import { editOf, type tinyContext } from "../../edit/support/tiny-context.ts";

const about = (subject: string, target: string, fields: Partial<EvaluationCase> = {}): EvaluationCase => ({
  id: subject.toLowerCase(),
  edit: editOf({ id: subject.toLowerCase(), prompt: `The capital of ${subject} is`, subject, target }),
  oldAnswers: null,
  phrasings: [{ prompt: `The book of ${subject} is`, seenInTraining: true }],
  locality: {
    neighbours: [{ prompt: "The capital of Peru is", answer: "a city", object: "other" }],
    sameSubject: [{ prompt: `The author of ${subject} is`, answer: null }],
    random: [{ prompt: "The river of the city is", answer: null }],
  },
  portability: [],
  alongside: [],
  line: null,
  ...fields,
});

/** Three edits that the tiny random model does not answer as they want, and one whose old answer it does not give. */
export const TINY_CASES: readonly EvaluationCase[] = [
  about("France", "Oslo"),
  about("Spain", "Lima", { oldAnswers: ["an answer that no random model gives"] }),
  about("Norway", "Paris"),
  about("Japan", "the city of Rome"),
];

/** A method that corrects nothing: the model stays as it is. */
export const DO_NOTHING: EditMethod = {
  name: "nothing",
  summary: "leaves the model as it is",
  reference: "none",
  settings: {},
  apply: (edits, _, { parent }) =>
    Promise.resolve({
      ok: true,
      value: {
        edits: [...parent.edits, ...edits],
        patches: parent.patches,
        skipped: [],
        diagnostics: [],
        suspects: [],
        hyperParameters: {},
      },
    }),
};

/** A directory for a journal. */
export const journalDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), "errata-eval-"));

/** How to run an evaluation of the tiny model. */
export interface TinyRun {
  readonly context: Awaited<ReturnType<typeof tinyContext>>;
  readonly method: EditMethod;
  readonly settings?: Record<string, string>;
  readonly directory?: string;
  readonly resume?: boolean;
  readonly limit?: number;
  readonly batch?: number;
  readonly cases?: readonly EvaluationCase[];
  readonly signal?: AbortSignal;
  readonly onProgress?: EvaluationParts["onProgress"];
  /** The way to the model; the engine unless told otherwise. */
  readonly evaluated?: EvaluationParts["evaluated"];
}

/** Runs an evaluation of `TINY_CASES`, or of other cases, on the tiny model. */
export const evaluateTiny = async (run: TinyRun) => {
  const { context, method, settings = {}, resume = false } = run;
  const identity = { method: method.name, settings: JSON.stringify(settings) };
  const journal = await openJournal(run.directory ?? (await journalDirectory()), identity, resume);
  if (!journal.ok) return journal;
  return runEvaluation({
    method: method.name,
    model: context.model.name,
    settings,
    seed: 0,
    data: { name: "tiny", cases: run.cases ?? TINY_CASES, skipped: [] },
    passages: FIXED_TEXT,
    limit: run.limit ?? null,
    batch: run.batch ?? 1,
    single: true,
    sequential: true,
    evaluated: run.evaluated ?? localModel(context.engine),
    editor: openEditor({ method, settings, context, now: () => 0 }),
    journal: journal.value,
    workers: null,
    onProgress: run.onProgress ?? (() => undefined),
    peakMemory: () => 1,
    signal: run.signal ?? new AbortController().signal,
  });
};

/** A report without the times, which alone differ from run to run. */
export const withoutTimes = (report: EvaluationReport) => ({
  ...report,
  efficiency: { bytesPerEdit: report.efficiency.bytesPerEdit },
  cases: report.cases.map(({ cost, ...result }) => ({ ...result, bytes: cost.bytes })),
});
