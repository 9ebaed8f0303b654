import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** One setting of a method: what stands where none is given, what it means, and how its text is read. */
export interface Setting<Value> {
  readonly default: string;
  readonly meaning: string;
  readonly schema: z.ZodType<Value>;
}

/** A method's settings by name. */
export type SettingsTable = Readonly<Record<string, Setting<unknown>>>;

/** The values of a table's settings. */
export type SettingsOf<Table extends SettingsTable> = {
  readonly [Name in keyof Table]: z.infer<Table[Name]["schema"]>;
};

/** A setting, in the order in which people read of it. */
export const setting = <Value>(
  whereNoneIsGiven: string,
  meaning: string,
  schema: z.ZodType<Value>,
): Setting<Value> => ({ default: whereNoneIsGiven, meaning, schema });

/** A number in writing, which blanks are not. */
export const numberText = (number: z.ZodCoercedNumber) =>
  z.preprocess((text) => (/^\s*$/.test(String(text)) ? undefined : text), number);

/** Any number; one above 0; such a one of 1 at most; one from 0 on. */
export const anyNumber = numberText(z.coerce.number());
export const positive = numberText(z.coerce.number().positive());
export const positiveShare = numberText(z.coerce.number().positive().max(1));
export const notNegative = numberText(z.coerce.number().nonnegative());

/** A whole number from `least` to `most`. */
export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  numberText(z.coerce.number().int().min(least).max(most));

/** What `schema` reads, or null where the text is `word`: what the model itself advises. */
export const adviceOr = <Value>(word: string, schema: z.ZodType<Value>) =>
  z
    .literal(word)
    .transform(() => null)
    .or(schema);

const faultsOf = (issue: z.core.$ZodIssue): readonly { readonly name: string; readonly text: string }[] =>
  issue.code === "unrecognized_keys"
    ? issue.keys.map((name) => ({ name, text: "there is no such setting" }))
    : [{ name: issue.path.join("."), text: issue.message }];

/**
 * Reads `settings` given as text. Errors: `invalid_request` with every setting that does not fit, and those there are.
 *
 * @example
 * ```ts
 * import { adviceOr, parseSettings, positive, setting, wholeNumber } from "./src/edit/frame/settings.ts";
 *
 * const table = {
 *   layer: setting("advised", "block to edit", adviceOr("advised", wholeNumber(0))),
 *   rate: setting("0.1", "Adam's step", positive),
 * };
 * console.log(parseSettings("Mine", table, { rate: "0.5" })); // => { ok: true, value: { layer: null, rate: 0.5 } }
 * const refused = parseSettings("Mine", table, { layer: "-1", depth: "3" });
 * console.log(refused.ok || refused.problem.param); // => layer, depth
 * ```
 */
export const parseSettings = <Table extends SettingsTable>(
  method: string,
  table: Table,
  settings: Readonly<Record<string, string>>,
): Result<SettingsOf<Table>> => {
  const entries = Object.entries(table);
  const schema = z.strictObject(Object.fromEntries(entries.map(([name, setting]) => [name, setting.schema])));
  const defaults = Object.fromEntries(entries.map(([name, setting]) => [name, setting.default]));
  const parsed = schema.safeParse({ ...defaults, ...settings });
  if (parsed.success) return ok(parsed.data as SettingsOf<Table>);
  const faults = parsed.error.issues.flatMap(faultsOf);
  const known = Object.keys(table).join(", ") || "none";
  const message = `${faults.map(({ name, text }) => `${method} setting "${name}": ${text}`).join(". ")}. Settings are: ${known}.`;
  return fail(problem("invalid_request", message, { param: faults.map(({ name }) => name).join(", ") }));
};

/** Settings as a manifest records them; what was left to the model's advice is recorded once it is known. */
export const recordSettings = (settings: object): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, String(value)]),
  );
