import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { parseJson, readBytesIfPresent } from "../directories/files.ts";

/**
 * Reads a JSON file of an export; null where there is none. Errors: `malformed_model` with the file and every field
 * that is not as `schema` has it.
 */
export const readJsonFile = async <Value>(
  path: string,
  schema: z.ZodType<Value>,
): Promise<Result<Value | null>> => {
  const bytes = await readBytesIfPresent(path);
  if (bytes === null) return ok(null);
  const json = parseJson(bytes, "malformed_model", path);
  if (!json.ok) return json;
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return ok(parsed.data);
  const faults = parsed.error.issues.map(
    ({ path: field, message }) => `${field.map(String).join(".") || "the document"}: ${message}`,
  );
  const message = `${path}: ${faults.join("; ")}. Fetch the file again, or mend it.`;
  return fail(problem("malformed_model", message, { param: path }));
};

/** A token's id, or several. */
export const tokenIds = z
  .union([z.int().nonnegative(), z.array(z.int().nonnegative())], "expected a token's id, or a list of them")
  .nullish()
  .transform((ids) => (ids == null ? [] : [ids].flat()));

/** A number of tokens. */
export const tokenCount = z.number("expected a number of tokens").positive().nullish();
