import { problem } from "../../core/problem.ts";
import { fail, type Result } from "../../core/result.ts";
import type { EvaluationData } from "../case.ts";
import { readCounterFactRecord } from "./counterfact.ts";
import { readEditRecord } from "./jsonl.ts";
import { readMquakeRecord } from "./mquake.ts";
import {
  type DataFile,
  type RawRecord,
  type RecordReader,
  readRecords,
  recordsOfArray,
  recordsOfLines,
} from "./records.ts";
import { readZsreRecord } from "./zsre.ts";

/** A form of records, known by fields that no other has together. */
interface RecordForm {
  readonly fields: readonly string[];
  readonly read: RecordReader;
}

const FORMS: readonly RecordForm[] = [
  { fields: ["requested_rewrite", "questions"], read: readMquakeRecord },
  { fields: ["requested_rewrite", "paraphrase_prompts"], read: readCounterFactRecord },
  { fields: ["target_new", "rephrase_prompt"], read: readCounterFactRecord },
  { fields: ["src", "alt"], read: readZsreRecord },
  { fields: ["prompt", "target"], read: readEditRecord },
];

const isOfForm =
  ({ json }: RawRecord) =>
  ({ fields }: RecordForm): boolean =>
    json.ok &&
    typeof json.value === "object" &&
    json.value !== null &&
    fields.every((field) => field in (json.value as object));

/** The form of the first record that has one. */
const formOf = (records: readonly RawRecord[]): RecordForm | undefined =>
  records.map((record) => FORMS.find(isOfForm(record))).find((form) => form !== undefined);

/**
 * Reads a benchmark from a file: CounterFact, zsRE, MQuAKE or edits, as a JSON array or one JSON object a line. Which
 * of them it is, its first record tells.
 *
 * Errors: `malformed_edit` naming the record, or the file where no record has a known form; `limit_exceeded`.
 */
export const readDataFile = (file: DataFile, skipInvalid: boolean): Result<EvaluationData> => {
  const records = file.text.trimStart().startsWith("[")
    ? recordsOfArray(file)
    : ({ ok: true, value: recordsOfLines(file.text) } as const);
  if (!records.ok) return records;
  const form = formOf(records.value);
  if (form !== undefined) return readRecords(file, records.value, form.read, skipInvalid);
  const message = `${file.path} holds no record of a known form. Expected CounterFact, zsRE (MEND's format), MQuAKE, or edits with "prompt" and "target".`;
  return fail(problem("malformed_edit", message, { param: file.path }));
};
