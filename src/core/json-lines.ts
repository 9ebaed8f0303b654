import type { z } from "zod";
import { type ProblemCode, problem } from "./problem.ts";
import { fail, ok, type Result } from "./result.ts";

/** What the lines of a file are. */
export interface LineForm<Value> {
  readonly schema: z.ZodType<Value>;
  /** For people: `{"prompt", "target", ...}`. */
  readonly expected: string;
  /** Of lines that are something else. */
  readonly code: ProblemCode;
}

/** Lines at fault that a message names. */
const FAULTS_NAMED = 5;

const parseLine = <Value>(line: string, schema: z.ZodType<Value>): Result<Value, string> => {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return fail(`not JSON (${(error as Error).message})`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const { path, message } = parsed.error.issues[0]!;
  return fail([...(path.length > 0 ? [path.join(".")] : []), message].join(": "));
};

/**
 * Parses a text of JSON values, one a line; blank lines are passed over. `file` names it in problems. Fails with the
 * form's code, naming the lines at fault, each with its field.
 */
export const parseJsonLines = <Value>(
  text: string,
  file: string,
  { schema, expected, code }: LineForm<Value>,
): Result<readonly Value[]> => {
  const values: Value[] = [];
  const faults: { readonly line: number; readonly fault: string }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parsed = parseLine(line, schema);
    if (parsed.ok) values.push(parsed.value);
    else faults.push({ line: index + 1, fault: parsed.problem });
  }
  const [first] = faults;
  if (first === undefined) return ok(values);
  const named = faults.slice(0, FAULTS_NAMED).map(({ line, fault }) => `line ${line}: ${fault}`);
  const more = faults.length > FAULTS_NAMED ? `; and ${faults.length - FAULTS_NAMED} more` : "";
  const message = `${file}, ${named.join("; ")}${more}. Expected ${expected} on each line.`;
  return fail(problem(code, message, { param: `${file}:${first.line}` }));
};
