import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { type Component, componentSchema, flatten } from "./component.ts";
import { decoderForm, prependsMark } from "./decoder-form.ts";

/** Old files do not say what kind of model they hold. */
const modelSchema = z
  .looseObject({ type: z.string().optional() })
  .transform((model) => ({ ...model, type: model.type ?? ("merges" in model ? "BPE" : "Unigram") }));

/**
 * What the engine reads of a Hugging Face `tokenizer.json` itself; the library reads the rest. Old files leave out
 * components that they do not use, and the flags of added tokens: those were special ones.
 */
const tokenizerFileSchema = z.looseObject({
  added_tokens: z
    .array(
      z.looseObject({ id: z.int().nonnegative(), content: z.string(), special: z.boolean().default(true) }),
    )
    .default([]),
  normalizer: componentSchema.nullable().default(null),
  pre_tokenizer: componentSchema.nullable().default(null),
  post_processor: componentSchema.nullable().default(null),
  decoder: componentSchema,
  model: modelSchema,
});

/** A parsed `tokenizer.json`. */
export type TokenizerFile = z.infer<typeof tokenizerFileSchema>;

const malformed = (reason: string) =>
  fail(
    problem(
      "malformed_model",
      `tokenizer.json ${reason}. Export the model's tokenizer again with transformers.`,
      {
        param: "tokenizer.json",
      },
    ),
  );

/** Parses a `tokenizer.json` of a byte-level or U+2581 tokenizer; fails with `malformed_model` for any other. */
export const parseTokenizerFile = (json: string): Result<TokenizerFile> => {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    return malformed("is not JSON");
  }
  const parsed = tokenizerFileSchema.safeParse(content);
  if (!parsed.success)
    return malformed(`does not have Hugging Face's form: ${z.prettifyError(parsed.error)}`);
  const { decoder } = parsed.data;
  if (decoderForm(decoder) === null)
    return malformed(
      `has a decoder that is neither byte-level nor U+2581 pieces (${flatten(decoder, "decoders")
        .map(({ type }) => type)
        .join(", ")})`,
    );
  return ok(parsed.data);
};

const addsSpace = (part: Component): boolean =>
  part.type === "Prepend" ||
  (part.type === "Metaspace" && prependsMark(part)) ||
  (part.type === "ByteLevel" && part.add_prefix_space === true);

/** Whether encoding puts a space in front of a text. */
export const prependsSpace = (file: TokenizerFile): boolean =>
  [...flatten(file.normalizer, "normalizers"), ...flatten(file.pre_tokenizer, "pretokenizers")].some(
    addsSpace,
  );

const withoutSpace = (part: Component): Component[] => {
  if (!addsSpace(part)) return [part];
  if (part.type === "Prepend") return [];
  return [
    part.type === "Metaspace" ? { ...part, prepend_scheme: "never" } : { ...part, add_prefix_space: false },
  ];
};

/** The same tokenizer without the space in front: it encodes text that continues another. */
export const continuationFile = (file: TokenizerFile): TokenizerFile => ({
  ...file,
  normalizer: {
    type: "Sequence",
    normalizers: flatten(file.normalizer, "normalizers").flatMap(withoutSpace),
  },
  pre_tokenizer:
    file.pre_tokenizer === null
      ? null
      : {
          type: "Sequence",
          pretokenizers: flatten(file.pre_tokenizer, "pretokenizers").flatMap(withoutSpace),
        },
});

/** Every token of the file by its id: the vocabulary's, and those added to it. */
export const tokenTable = ({ model, added_tokens }: TokenizerFile): ReadonlyMap<number, string> => {
  const { vocab } = model as { readonly vocab?: unknown };
  const tokens = new Map<number, string>();
  // Unigram models have a list of [token, score], all others a table.
  if (Array.isArray(vocab)) for (const [id, [token]] of vocab.entries()) tokens.set(id, String(token));
  else
    for (const [token, id] of Object.entries((vocab ?? {}) as Record<string, number>)) tokens.set(id, token);
  for (const { id, content } of added_tokens) tokens.set(id, content);
  return tokens;
};
