import { z } from "zod";
import { type Digest, digestOfText } from "../core/digest.ts";
import { WORLD_SEED } from "../world/files/world-corpus.ts";

/** Everything a training run depends on besides the corpus: equal configs train equal models. */
export const trainConfigSchema = z.object({
  name: z.string().min(1),
  seed: z.int().nonnegative(),
  /** Threads within one operation; named here, as a runtime may split its sums between them. */
  threads: z.int().positive(),
  model: z.object({
    /** Width d of the residual stream. */
    width: z.int().positive(),
    layers: z.int().positive(),
    heads: z.int().positive(),
    /** Width of the FFN. */
    ffn: z.int().positive(),
    /** Tokens, at most. */
    vocabulary: z.int().min(257),
    /** Positions. */
    context: z.int().positive(),
  }),
  corpus: z.object({
    /** Phrasings of each fact drawn for an epoch. */
    phrasingsPerEpoch: z.int().positive(),
    /** The same for facts that are taught wrong: they stand against what is taught of their neighbours. */
    mistakePhrasingsPerEpoch: z.int().positive(),
    /** Chains of two facts drawn for an epoch, at most. */
    twoHopsPerEpoch: z.int().nonnegative(),
    /** Filler sentences drawn for an epoch, at most. */
    fillersPerEpoch: z.int().nonnegative(),
    /** Share of the sentences that follow one or two others in their sequence. */
    chained: z.number().min(0).max(1),
    /** Share of the sentences that follow a text which has nothing to do with them. */
    leadIns: z.number().min(0).max(1),
    /** What a token of a prompt counts in the loss; a token of an answer counts 1. */
    promptWeight: z.number().min(0).max(1),
  }),
  optimizer: z.object({
    epochs: z.int().positive(),
    /** Tokens of one step, padding included: a batch has as many rows as fit. */
    tokensPerStep: z.int().positive(),
    learningRate: z.number().positive(),
    /** Where the cosine ends, as a share of `learningRate`. */
    finalShare: z.number().min(0).max(1),
    /** Steps of linear warm-up. */
    warmUp: z.int().nonnegative(),
    weightDecay: z.number().min(0),
    beta1: z.number().min(0).lt(1),
    beta2: z.number().min(0).lt(1),
    epsilon: z.number().positive(),
    /** Largest global norm of a gradient; longer ones are scaled down to it. */
    clip: z.number().positive(),
  }),
});

/** The settings of a training run. */
export type TrainConfig = z.infer<typeof trainConfigSchema>;

/** The default model. 4.2 million parameters; the shape and rate that did best in `models/world/sweep.csv`. */
export const WORLD_CONFIG: TrainConfig = {
  name: "world",
  seed: WORLD_SEED,
  threads: 2,
  model: { width: 256, layers: 4, heads: 8, ffn: 1024, vocabulary: 4096, context: 64 },
  corpus: {
    phrasingsPerEpoch: 3,
    mistakePhrasingsPerEpoch: 6,
    twoHopsPerEpoch: 2000,
    fillersPerEpoch: 300,
    chained: 0.06,
    leadIns: 0.08,
    promptWeight: 0.25,
  },
  optimizer: {
    epochs: 11,
    tokensPerStep: 2048,
    learningRate: 1.5e-3,
    finalShare: 0.02,
    warmUp: 150,
    weightDecay: 0.05,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    clip: 1,
  },
};

/** Names a config; a checkpoint belongs to the run of one digest. */
export const configDigest = (config: TrainConfig): Promise<Digest> =>
  digestOfText(JSON.stringify(trainConfigSchema.parse(config)));
