import * as z from "zod";
import { type Digest, digestOfText } from "../digest.ts";
import { digestSchema } from "../digest-schema.ts";
import { modelNameSchema } from "./model-name.ts";
import { modelTraceSchema } from "./model-trace.ts";

/** File name of a prepared model's weights, and the location under which its graph refers to them. */
export const WEIGHTS_FILE = "weights.bin";

/** The linear layers of a block that a low-rank patch can act on. */
export const LINEAR_SITES = ["up", "gate", "down"] as const;
/** One of them. */
export type LinearSite = (typeof LINEAR_SITES)[number];

const lowRankHookSchema = z.object({
  kind: z.literal("low-rank"),
  layer: z.int().nonnegative(),
  site: z.enum(LINEAR_SITES),
  in: z.int().positive(),
  out: z.int().positive(),
  /** Graph inputs: A [in, r], B [r, out]. */
  inputs: z.object({ A: z.string(), B: z.string() }),
  /** The linear layer's input [batch, T, in] and its output with the patch and the bias added [batch, T, out]. */
  tensors: z.object({ input: z.string(), output: z.string() }),
});

const neuronsHookSchema = z.object({
  kind: z.literal("neurons"),
  layer: z.int().nonnegative(),
  width: z.int().positive(),
  activation: z.string(),
  /** Graph inputs: K [d, n], b [n], V [n, d]. */
  inputs: z.object({ K: z.string(), b: z.string(), V: z.string() }),
  /** Output of both graphs: state [batch, T, d], the FFN's input, which the keys are multiplied with. */
  outputs: z.object({ state: z.string() }),
  /** The FFN's input and its output with the neurons added, before the residual sum; [batch, T, d] both. */
  tensors: z.object({ input: z.string(), output: z.string() }),
});

const codebookHookSchema = z.object({
  kind: z.literal("codebook"),
  layer: z.int().nonnegative(),
  width: z.int().positive(),
  /** Graph inputs: value [1, 1, d], and inject [1] bool, which puts it in at every position of this run. */
  inputs: z.object({ value: z.string(), inject: z.string() }),
  /** Output of both graphs: query [batch, T, d], the block's output before the replacement. */
  outputs: z.object({ query: z.string() }),
  /** The block's output before and after the replacement; [batch, T, d] both. Editing differentiates by the former. */
  tensors: z.object({ input: z.string(), output: z.string() }),
});

/** What `model.json` of a prepared model says; the engine needs nothing else to drive the graph. */
export const preparedModelSchema = z.object({
  /** 2 since the settings that change answers belong to the model's digest; 1 before. */
  format: z.union([z.literal(1), z.literal(2)]),
  name: modelNameSchema,
  architecture: z.string(),
  dims: z.object({
    /** Width d of the residual stream. */
    width: z.int().positive(),
    /** Width m of the FFN. */
    ffn: z.int().positive(),
    heads: z.int().positive(),
    kvHeads: z.int().positive(),
    headDim: z.int().positive(),
    vocabulary: z.int().positive(),
    /** Most tokens, prompt and answer together. */
    context: z.int().positive(),
  }),
  layers: z.int().positive(),
  /** Names of the graph's ordinary inputs and outputs; `positionIds` is null where the export has none. */
  io: z.object({
    inputIds: z.string(),
    attentionMask: z.string().nullable(),
    positionIds: z.string().nullable(),
    logits: z.string(),
    /** For each layer: past key and value in, present key and value out, [batch, kvHeads, length, headDim]. */
    cache: z.array(
      z.object({
        pastKey: z.string(),
        pastValue: z.string(),
        presentKey: z.string(),
        presentValue: z.string(),
      }),
    ),
    /**
     * `stacked`: one tensor a layer, [2, batch, kvHeads, length, headDim], holds keys and values, under whose name both
     * go. Absent where they are apart.
     */
    cacheForm: z.literal("stacked").optional(),
  }),
  specialTokens: z.object({
    /** Put in front of every prompt by the tokenizer, where the model has one. */
    begin: z.int().nonnegative().nullable(),
    /** Ends an answer: the one that edits teach. */
    end: z.int().nonnegative(),
    /** Further tokens that end one where the model says them. */
    furtherEnds: z.array(z.int().nonnegative()).min(1).optional(),
  }),
  chatTemplate: z.string().nullable(),
  hooks: z.array(z.discriminatedUnion("kind", [lowRankHookSchema, neuronsHookSchema, codebookHookSchema])),
  /** Distances at each layer's output at the last prompt token, measured on this model; absent until calibrated. */
  calibration: z
    .object({
      layers: z.array(
        z.object({
          layer: z.int().nonnegative(),
          /** Quantiles (0, .01, .05, .25, .5, .75, .95, .99, 1) of distances between phrasings of one fact. */
          sameFact: z.array(z.number()),
          /** The same between the same phrasing of other subjects. */
          sibling: z.array(z.number()),
          /** The same between unrelated prompts. */
          unrelated: z.array(z.number()),
          /** Deferral radius advised for a new entry. */
          radius: z.number().positive(),
          /** Share of rephrasings nearer than every foreign fact: how well this layer separates. */
          separation: z.number(),
        }),
      ),
      /** The layer that separates best. */
      advisedLayer: z.int().nonnegative(),
    })
    .optional(),
  /** Where causal tracing finds the model's facts; absent until traced. */
  trace: modelTraceSchema.optional(),
  /** `graph` is the one with patch inputs, `plain` the one without; both read `weights`. */
  digests: z.object({
    graph: digestSchema,
    plain: digestSchema,
    weights: digestSchema,
    tokenizer: digestSchema,
  }),
});

/** The description of a prepared model, as parsed from `model.json`. */
export type PreparedModel = z.infer<typeof preparedModelSchema>;

/** One hook of the instrumented graph. */
export type Hook = PreparedModel["hooks"][number];

/** The hooks of one kind. */
export type HookOf<Kind extends Hook["kind"]> = Extract<Hook, { kind: Kind }>;

/** A hook that adds a low-rank product beside a linear layer. */
export type LowRankHook = HookOf<"low-rank">;
/** A hook that adds neurons to a block's FFN. */
export type NeuronsHook = HookOf<"neurons">;
/** A hook that replaces a block's output. */
export type CodebookHook = HookOf<"codebook">;

/** What of a description changes answers: special tokens, context and chat template. */
const answerSettings = ({ format, specialTokens, dims, chatTemplate }: PreparedModel): string => {
  if (format === 1) return "";
  const { begin, end, furtherEnds = [] } = specialTokens;
  return `${JSON.stringify([begin, end, furtherEnds, dims.context, chatTemplate])}\n`;
};

/**
 * The digest that names a base model: over its graphs, weights, tokenizer, and the settings that change answers;
 * calibration may change freely.
 */
export const modelDigest = (model: PreparedModel): Promise<Digest> => {
  const { graph, plain, weights, tokenizer } = model.digests;
  return digestOfText(`${graph}\n${plain}\n${weights}\n${tokenizer}\n${answerSettings(model)}`);
};

/** Whether `token` ends an answer. */
export const endsAnswer = (
  { end, furtherEnds }: Pick<PreparedModel["specialTokens"], "end" | "furtherEnds">,
  token: number,
): boolean => token === end || (furtherEnds?.includes(token) ?? false);
