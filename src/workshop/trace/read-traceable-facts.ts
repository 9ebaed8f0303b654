import { join, resolve } from "node:path";
import { z } from "zod";
import { evenlySpaced } from "../../core/evenly-spaced.ts";
import { type LineForm, parseJsonLines } from "../../core/json-lines.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { TraceableFact } from "../../edit/trace/trace-facts.ts";
import { readBytes } from "../directories/files.ts";
import { PROBES_FILE } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";

const LINE: LineForm<TraceableFact> = {
  schema: z
    .object({
      prompt: z.string().min(1),
      subject: z.string().min(1),
      answer: z.string().min(1).optional(),
    })
    .transform(({ answer, ...fact }) => ({ ...fact, ...(answer !== undefined && { answer }) })),
  expected: '{"prompt", "subject", "answer"?}',
  code: "invalid_request",
};

/** What an editor could look up after its subject; a prompt that ends with its subject tells the roles apart no more. */
const hasFurtherText = ({ prompt, subject }: TraceableFact): boolean => {
  const at = prompt.toLowerCase().indexOf(subject.toLowerCase());
  return at >= 0 && /[\p{L}\p{N}]/u.test(prompt.slice(at + subject.length));
};

/**
 * Reads facts to trace: the file given, or else an even sample of the model's probe prompts that go on after their
 * subject. At most `limit`, at even distances.
 *
 * Errors: `file_not_found`; `invalid_request` naming the lines that are not {"prompt", "subject", "answer"?}.
 */
export const readTraceableFacts = async (
  file: string | undefined,
  limit: number,
  directory: string,
  context: Pick<WorkshopContext, "workingDirectory">,
): Promise<Result<readonly TraceableFact[]>> => {
  const path = file === undefined ? join(directory, PROBES_FILE) : resolve(context.workingDirectory, file);
  const bytes = await readBytes(
    path,
    'facts, lines of {"prompt","subject","answer"} (--facts names another file)',
  );
  if (!bytes.ok) return bytes;
  const parsed = parseJsonLines(new TextDecoder().decode(bytes.value), path, LINE);
  if (!parsed.ok) return parsed;
  const facts = parsed.value;
  const wanted = file === undefined ? facts.filter(hasFurtherText) : facts;
  if (wanted.length > 0) return ok(evenlySpaced(wanted, limit));
  return fail(problem("invalid_request", `${path} holds no fact to trace.`, { param: "--facts" }));
};
