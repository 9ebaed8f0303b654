import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { digestOf } from "../core/digest.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { EvaluationCase } from "./case.ts";
import type { CaseResult, SequentialPoint } from "./report.ts";

/** Where an evaluation keeps what it has finished, in its output directory. */
export const JOURNAL_FILE = "cases.jsonl";

/** What a run must share with the one it goes on from. */
export type EvaluationIdentity = Readonly<Record<string, string | number>>;

const recordSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("run"), run: z.record(z.string(), z.union([z.string(), z.number()])) }),
  z.object({ kind: z.literal("case"), of: z.string(), result: z.custom<CaseResult>((it) => it !== null) }),
  z.object({ kind: z.literal("sequential"), point: z.custom<SequentialPoint>((it) => it !== null) }),
]);

type JournalRecord = z.infer<typeof recordSchema>;

/** What is finished of an evaluation, kept on disk line by line. */
export interface Journal {
  /** The result of that very case, where it has been measured, by this run or an earlier one. */
  find(evaluationCase: EvaluationCase): Promise<CaseResult | undefined>;
  readonly points: readonly SequentialPoint[];
  addCase(evaluationCase: EvaluationCase, result: CaseResult): Promise<void>;
  addPoint(point: SequentialPoint): Promise<void>;
}

/** A case's content, so that results of a data file that has changed are not taken for its own. */
const fingerprint = (evaluationCase: EvaluationCase): Promise<string> =>
  digestOf(new TextEncoder().encode(JSON.stringify(evaluationCase)));

const lineOf = (record: JournalRecord): string => `${JSON.stringify(record)}\n`;

/** Whole lines only: what a run wrote last may be torn. */
const parseRecords = (text: string): readonly JournalRecord[] =>
  text
    .split("\n")
    .slice(0, -1)
    .flatMap((line) => {
      const parsed = recordSchema.safeParse(parseJson(line));
      return parsed.success ? [parsed.data] : [];
    });

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

const readIfPresent = async (path: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
};

const sameRun = (first: EvaluationIdentity, second: EvaluationIdentity): boolean =>
  JSON.stringify(Object.entries(first).sort()) === JSON.stringify(Object.entries(second).sort());

const readKept = async (path: string, run: EvaluationIdentity): Promise<Result<readonly JournalRecord[]>> => {
  const records = parseRecords(await readIfPresent(path));
  const [header] = records;
  if (header === undefined) return ok([]);
  if (header.kind === "run" && sameRun(header.run, run)) return ok(records.slice(1));
  const message = `${path} belongs to an evaluation with other settings, or from before the model was calibrated. Repeat it with the same, or leave --resume out to start over.`;
  return fail(problem("invalid_request", message, { param: "--resume" }));
};

/**
 * Opens the journal of `directory`, empty or, under `resume`, with what an interrupted run left.
 *
 * Errors: `invalid_request` where that run was another.
 */
export const openJournal = async (
  directory: string,
  run: EvaluationIdentity,
  resume: boolean,
): Promise<Result<Journal>> => {
  await mkdir(directory, { recursive: true });
  const path = join(directory, JOURNAL_FILE);
  const kept = resume ? await readKept(path, run) : ok([]);
  if (!kept.ok) return kept;
  // Written anew, so that a torn last line does not swallow the next record.
  await writeFile(path, [{ kind: "run", run } as const, ...kept.value].map(lineOf).join(""));
  const results = new Map(
    kept.value.flatMap((record) => (record.kind === "case" ? [[record.of, record.result] as const] : [])),
  );
  return ok({
    find: async (evaluationCase) => results.get(await fingerprint(evaluationCase)),
    points: kept.value.flatMap((record) => (record.kind === "sequential" ? [record.point] : [])),
    addCase: async (evaluationCase, result) => {
      const of = await fingerprint(evaluationCase);
      await appendFile(path, lineOf({ kind: "case", of, result }));
      results.set(of, result);
    },
    addPoint: (point) => appendFile(path, lineOf({ kind: "sequential", point })),
  });
};
