import type { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** Reads `settings` given as text by `schema`; names the one that does not fit, and those that `offered` has. */
export const parseSettings = <Parsed>(
  method: string,
  schema: z.ZodType<Parsed>,
  offered: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, string>>,
): Result<Parsed> => {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0]!;
  const name =
    issue.path.join(".") || (issue.code === "unrecognized_keys" ? issue.keys.join(", ") : "settings");
  const known = Object.keys(offered).join(", ");
  const message = `${method} setting "${name}": ${issue.message}. Settings are: ${known}.`;
  return fail(problem("invalid_request", message, { param: name }));
};

/** Settings as a manifest records them. */
export const recordSettings = (settings: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
