import * as z from "zod";

/**
 * What a token is to a fact, in the order of a prompt: the first, the middle and the last token of the subject,
 * tokens after it, and the last token of the prompt.
 */
export const TOKEN_ROLES = [
  "subject-first",
  "subject-middle",
  "subject-last",
  "further",
  "prompt-last",
] as const;

/** One of `TOKEN_ROLES`. */
export type TokenRole = (typeof TOKEN_ROLES)[number];

/** The tokens at which a fact may be looked up: the prompt's last (and each of its answer's), or the subject's. */
export const LOOKUPS = ["prompt-last", "subject-last"] as const satisfies readonly TokenRole[];

/** One of `LOOKUPS`. */
export type Lookup = (typeof LOOKUPS)[number];

/** Mean indirect effects [layers] by what a token is to its fact; null where no traced fact has such a token. */
const roleEffectsSchema = z.object({
  "subject-first": z.array(z.number()).nullable(),
  "subject-middle": z.array(z.number()).nullable(),
  "subject-last": z.array(z.number()).nullable(),
  further: z.array(z.number()).nullable(),
  "prompt-last": z.array(z.number()).nullable(),
} satisfies Record<TokenRole, unknown>);

const schema = z.object({
  /** The token whose state an edit looks up, and the block whose FFN it edits: the peak of `effects.ffn`. */
  lookup: z.enum(LOOKUPS),
  layer: z.int().nonnegative(),
  /** Facts averaged over. */
  facts: z.int().positive(),
  /** Standard deviation of the noise on the subjects' embeddings, and its seed. */
  noise: z.number(),
  seed: z.int().nonnegative(),
  /** Blocks whose FFN or attention outputs were restored together. */
  window: z.int().positive(),
  /** Mean probability of the answers' first tokens without noise, and with it. */
  clean: z.number(),
  corrupted: z.number(),
  /** What restoring one state brings back: a block's output, or what its FFN or its attention adds. */
  effects: z.object({
    residual: roleEffectsSchema,
    ffn: roleEffectsSchema,
    attention: roleEffectsSchema,
  }),
});

/** `value` with the hyphens that roles have; the first traces were written with underscores. */
const withHyphens = (value: unknown): unknown => {
  if (typeof value === "string") return value.replace("_", "-");
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [withHyphens(name), withHyphens(part)]),
  );
};

/** Where causal tracing finds a model's facts, as `model.json` has it. */
export const modelTraceSchema = z.preprocess(withHyphens, schema);

/** The same, read. */
export type ModelTrace = z.infer<typeof schema>;
