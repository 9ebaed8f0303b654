import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { editIdentities } from "../../edit/prompts/edit-identity.ts";
import type { EvaluationCase, EvaluationData } from "../case.ts";

/** Most records of one data file; CounterFact has 21,919. */
export const MAX_RECORDS = 100_000;

/** A data file, read. */
export interface DataFile {
  /** What problems call it. */
  readonly path: string;
  /** What the report calls it. */
  readonly name: string;
  readonly text: string;
}

/** One record as it lies in the file. */
export interface RawRecord {
  /** Its line, or its place in the file's array, from 1. */
  readonly line: number;
  /** The same in words. */
  readonly place: string;
  /** Its JSON, or why it has none. */
  readonly json: Result<unknown, string>;
}

/** Makes a case of a record; or says, field first, what is wrong with the record. */
export type RecordReader = (record: unknown) => Result<Omit<EvaluationCase, "line" | "id">, string>;

/** A text that says something. */
export const someText = z.string().refine((text) => text.trim() !== "", "expected a text that is not blank");

/** An answer, as cases hold it: without outer space. */
export const someAnswer = someText.transform((text) => text.trim());

/** Parses a record, and says the first thing that is wrong with it. */
export const parseRecord = <Shape>(schema: z.ZodType<Shape>, record: unknown): Result<Shape, string> => {
  const parsed = schema.safeParse(record);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0]!;
  return fail(`${issue.path.join(".") || "the record"}: ${issue.message}`);
};

const parseJson = (text: string): Result<unknown, string> => {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return fail(`not JSON (${(error as Error).message})`);
  }
};

/** The records of a file that holds one JSON object a line; blank lines are passed over. */
export const recordsOfLines = (text: string): readonly RawRecord[] =>
  text
    .split("\n")
    .map((line, index) => ({ at: index + 1, line }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ at, line }) => ({ line: at, place: `line ${at}`, json: parseJson(line) }));

/** The records of a file that is one JSON array. Errors: `malformed_edit`. */
export const recordsOfArray = ({ path, text }: DataFile): Result<readonly RawRecord[]> => {
  const json = parseJson(text);
  if (json.ok && Array.isArray(json.value))
    return ok(
      json.value.map((record, index) => ({
        line: index + 1,
        place: `record ${index + 1}`,
        json: ok(record),
      })),
    );
  const came = json.ok ? "another JSON value" : json.problem;
  return fail(problem("malformed_edit", `${path}: expected a JSON array of records, came ${came}.`));
};

/** Gives every case an id that no other has. */
const named = (cases: readonly Omit<EvaluationCase, "id">[]): readonly EvaluationCase[] => {
  const ids = editIdentities(cases.map(({ edit }) => edit));
  return cases.map((unnamed, index) => {
    const id = ids[index]!;
    return { ...unnamed, id, edit: { ...unnamed.edit, id } };
  });
};

const malformed = ({ path }: DataFile, { line, place }: RawRecord, reason: string) =>
  problem(
    "malformed_edit",
    `${path}, ${place}: ${reason}. Mend it, or leave malformed records out with --skip-invalid.`,
    { param: `${path}:${line}` },
  );

const checkCount = ({ path }: DataFile, cases: number, records: number): Result<null> => {
  if (records > MAX_RECORDS) {
    const message = `${path} holds ${records} records; at most ${MAX_RECORDS} are read. Split the file.`;
    return fail(problem("limit_exceeded", message, { param: path }));
  }
  if (cases > 0) return ok(null);
  return fail(problem("malformed_edit", `${path} holds no record that can be measured.`, { param: path }));
};

/**
 * Reads every record of a file. One that is malformed is refused by its line, or, under `skipInvalid`, left out and
 * listed.
 *
 * Errors: `malformed_edit`; `limit_exceeded` past `MAX_RECORDS`.
 */
export const readRecords = (
  file: DataFile,
  records: readonly RawRecord[],
  read: RecordReader,
  skipInvalid: boolean,
): Result<EvaluationData> => {
  const cases: Omit<EvaluationCase, "id">[] = [];
  const skipped: { line: number; reason: string }[] = [];
  for (const record of records) {
    const { line, json } = record;
    const made = json.ok ? read(json.value) : json;
    if (made.ok) cases.push({ ...made.value, line });
    else if (skipInvalid) skipped.push({ line, reason: made.problem });
    else return fail(malformed(file, record, made.problem));
  }
  const checked = checkCount(file, cases.length, records.length);
  return checked.ok ? ok({ name: file.name, cases: named(cases), skipped }) : checked;
};
