import { z } from "zod";
import { counted } from "../../core/counted.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { parseTokenizerFile, tokenTable } from "../../engine/tokenizer/tokenizer-file.ts";

/** Most ids that a refusal names. */
const MOST_NAMED = 8;

const refuse = (message: string) => fail(problem("malformed_model", message, { param: "tokenizer.json" }));

/** A vocabulary of byte pairs; a merge is written "a b" or ["a", "b"]. */
const pairsSchema = z.looseObject({
  type: z.literal("BPE").optional(),
  vocab: z.record(z.string(), z.int()),
  merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
});

const halves = (merge: string | readonly [string, string]): readonly string[] =>
  typeof merge === "string" ? merge.split(" ") : merge;

/**
 * The tokenizer without the tokens from `rows` on, and without the merges that made them: texts come out in shorter
 * pieces. Errors: `malformed_model` for other kinds than byte pairs, whose tokens are not made of each other.
 */
const cut = (json: string, rows: number): Result<string> => {
  const file = JSON.parse(json) as {
    readonly model?: unknown;
    added_tokens?: readonly { readonly id: number }[];
  };
  const model = pairsSchema.safeParse(file.model);
  if (!model.success)
    return refuse(
      "Only tokenizers of byte pairs (BPE) can be cut. Take the tokenizer that belongs to the model.",
    );
  const vocab = Object.fromEntries(Object.entries(model.data.vocab).filter(([, id]) => id < rows));
  const merges = model.data.merges.filter((merge) => {
    const parts = halves(merge);
    return [...parts, parts.join("")].every((token) => Object.hasOwn(vocab, token));
  });
  const added_tokens = (file.added_tokens ?? []).filter(({ id }) => id < rows);
  return ok(JSON.stringify({ ...file, added_tokens, model: { ...model.data, vocab, merges } }));
};

/**
 * A tokenizer whose every token has one of the model's `rows`: the one given, or, with `cutting`, what is left of it.
 * Errors: `malformed_model` naming how many tokens have none; those of `parseTokenizerFile`.
 */
export const fitTokenizer = (
  json: string,
  rows: number,
  { cutting }: { readonly cutting: boolean },
): Result<string> => {
  const file = parseTokenizerFile(json);
  if (!file.ok) return file;
  const beyond = [...tokenTable(file.value).keys()].filter((id) => id >= rows);
  if (beyond.length === 0) return ok(json);
  if (cutting) return cut(json, rows);
  const ids = beyond.toSorted((a, b) => a - b);
  const named = `${ids.slice(0, MOST_NAMED).join(", ")}${ids.length > MOST_NAMED ? `, … up to ${ids.at(-1)}` : ""}`;
  return refuse(
    `tokenizer.json has ${counted(beyond.length, "token")} that the model has no row for, of ids ${named}: the graph embeds ${rows} tokens. Take the tokenizer that belongs to the model, or drop those tokens with --cut-tokenizer.`,
  );
};
