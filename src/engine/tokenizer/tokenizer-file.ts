import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

const typed = z.looseObject({ type: z.string() });

/** What the engine reads of a Hugging Face `tokenizer.json` itself; the library reads the rest. */
const tokenizerFileSchema = z.looseObject({
  added_tokens: z.array(
    z.looseObject({ id: z.int().nonnegative(), content: z.string(), special: z.boolean() }),
  ),
  normalizer: typed.nullable(),
  pre_tokenizer: typed.nullable(),
  post_processor: typed.nullable(),
  decoder: typed,
  model: typed,
});

/** A parsed `tokenizer.json`. */
export type TokenizerFile = z.infer<typeof tokenizerFileSchema>;

type Component = z.infer<typeof typed>;

/** A component with its parts, where it is a sequence of them; the parts' key differs by component. */
const partsOf = (component: Component | null, key: string): readonly Component[] => {
  if (component === null) return [];
  return component.type === "Sequence" ? (component[key] as Component[]) : [component];
};

/** Decoders whose output this engine reproduces token by token. */
const isSupportedDecoder = (decoder: Component): boolean => {
  const types = partsOf(decoder, "decoders").map((part) => part.type);
  return ["ByteLevel", "Metaspace", "Replace,ByteFallback,Fuse,Strip", "Replace,ByteFallback,Fuse"].includes(
    types.join(","),
  );
};

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
  if (!isSupportedDecoder(parsed.data.decoder))
    return malformed(
      `has a decoder "${parsed.data.decoder.type}" that is neither byte-level nor U+2581 pieces`,
    );
  return ok(parsed.data);
};

const addsSpace = (part: Component): boolean =>
  part.type === "Prepend" ||
  (part.type === "Metaspace" && part.prepend_scheme !== "never") ||
  (part.type === "ByteLevel" && part.add_prefix_space === true);

/** Whether encoding puts a space in front of a text. */
export const prependsSpace = (file: TokenizerFile): boolean =>
  [...partsOf(file.normalizer, "normalizers"), ...partsOf(file.pre_tokenizer, "pretokenizers")].some(
    addsSpace,
  );

/** Whether decoding drops the space that a text begins with. */
export const dropsFirstSpace = (file: TokenizerFile): boolean =>
  partsOf(file.decoder, "decoders").some((part) => part.type === "Strip" || part.type === "Metaspace");

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
    normalizers: partsOf(file.normalizer, "normalizers").flatMap(withoutSpace),
  },
  pre_tokenizer:
    file.pre_tokenizer === null
      ? null
      : {
          type: "Sequence",
          pretokenizers: partsOf(file.pre_tokenizer, "pretokenizers").flatMap(withoutSpace),
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
