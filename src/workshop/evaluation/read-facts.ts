import { z } from "zod";
import type { Edit } from "../../core/edit/edit.ts";
import { parseEditsFile } from "../../core/edit/parse-edits.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { SUBJECT_SLOT, type Template } from "../../eval/assess/contrasts.ts";
import { readBytes } from "../directories/files.ts";

/** Facts of a file, and which of them say that the model was taught another object. */
export interface FactFile {
  readonly facts: readonly Edit[];
  /** Places of the facts that carry `taught`. */
  readonly taughtWrong: ReadonlySet<number>;
}

const labelSchema = z.object({ taught: z.string() });

const linesOf = (bytes: Uint8Array): readonly string[] =>
  new TextDecoder()
    .decode(bytes)
    .split("\n")
    .filter((line) => line.trim() !== "");

/** Reads facts, one edit a line. Errors: `file_not_found`, and those of `parseEditsFile`. */
export const readFacts = async (path: string): Promise<Result<FactFile>> => {
  const bytes = await readBytes(path, "a file of facts, one edit a line");
  if (!bytes.ok) return bytes;
  const facts = parseEditsFile(bytes.value, path);
  if (!facts.ok) return facts;
  const labelled = linesOf(bytes.value).map((line) => labelSchema.safeParse(JSON.parse(line)).success);
  return ok({
    facts: facts.value,
    taughtWrong: new Set(labelled.flatMap((label, index) => (label ? [index] : []))),
  });
};

const templateSchema = z.object({
  relation: z.string().min(1).optional(),
  prompt: z.string().includes(SUBJECT_SLOT, { error: `expected ${SUBJECT_SLOT} in place of the subject` }),
});

const parseTemplate = (line: string): Result<Template, string> => {
  try {
    const parsed = templateSchema.safeParse(JSON.parse(line));
    if (parsed.success) return ok({ relation: parsed.data.relation ?? null, text: parsed.data.prompt });
    const issue = parsed.error.issues[0]!;
    return fail(`${issue.path.join(".") || "the line"}: ${issue.message}`);
  } catch (error) {
    return fail(`not JSON (${(error as Error).message})`);
  }
};

/**
 * Reads contrast prompts: lines of `{"prompt":"The currency of {} is","relation":"country-currency"}`.
 * Errors: `file_not_found`; `invalid_request` naming the line.
 */
export const readTemplates = async (path: string): Promise<Result<readonly Template[]>> => {
  const bytes = await readBytes(path, "a file of contrast prompts");
  if (!bytes.ok) return bytes;
  const templates: Template[] = [];
  for (const [index, line] of new TextDecoder().decode(bytes.value).split("\n").entries()) {
    if (line.trim() === "") continue;
    const template = parseTemplate(line);
    if (!template.ok) {
      const message = `${path}, line ${index + 1}: ${template.problem}.`;
      return fail(problem("invalid_request", message, { param: "--contrasts" }));
    }
    templates.push(template.value);
  }
  return ok(templates);
};
