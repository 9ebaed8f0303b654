import { z } from "zod";
import type { Digest } from "../digest.ts";
/** File name of a prepared model's weights, and the location under which its graph refers to them. */
export declare const WEIGHTS_FILE = "weights.bin";
/** What `model.json` of a prepared model says; the engine needs nothing else to drive the graph. */
export declare const preparedModelSchema: z.ZodObject<{
    format: z.ZodLiteral<1>;
    name: z.ZodString;
    architecture: z.ZodString;
    dims: z.ZodObject<{
        width: z.ZodInt;
        ffn: z.ZodInt;
        heads: z.ZodInt;
        kvHeads: z.ZodInt;
        headDim: z.ZodInt;
        vocabulary: z.ZodInt;
        context: z.ZodInt;
    }, z.core.$strip>;
    layers: z.ZodInt;
    io: z.ZodObject<{
        inputIds: z.ZodString;
        attentionMask: z.ZodNullable<z.ZodString>;
        positionIds: z.ZodNullable<z.ZodString>;
        logits: z.ZodString;
        cache: z.ZodArray<z.ZodObject<{
            pastKey: z.ZodString;
            pastValue: z.ZodString;
            presentKey: z.ZodString;
            presentValue: z.ZodString;
        }, z.core.$strip>>;
    }, z.core.$strip>;
    specialTokens: z.ZodObject<{
        begin: z.ZodNullable<z.ZodInt>;
        end: z.ZodInt;
    }, z.core.$strip>;
    chatTemplate: z.ZodNullable<z.ZodString>;
    hooks: z.ZodArray<z.ZodDiscriminatedUnion<[z.ZodObject<{
        kind: z.ZodLiteral<"low-rank">;
        layer: z.ZodInt;
        site: z.ZodEnum<{
            down: "down";
            gate: "gate";
            up: "up";
        }>;
        in: z.ZodInt;
        out: z.ZodInt;
        inputs: z.ZodObject<{
            A: z.ZodString;
            B: z.ZodString;
        }, z.core.$strip>;
        tensors: z.ZodObject<{
            input: z.ZodString;
            output: z.ZodString;
        }, z.core.$strip>;
    }, z.core.$strip>, z.ZodObject<{
        kind: z.ZodLiteral<"neurons">;
        layer: z.ZodInt;
        width: z.ZodInt;
        activation: z.ZodString;
        inputs: z.ZodObject<{
            K: z.ZodString;
            b: z.ZodString;
            V: z.ZodString;
        }, z.core.$strip>;
        outputs: z.ZodObject<{
            state: z.ZodString;
        }, z.core.$strip>;
        tensors: z.ZodObject<{
            input: z.ZodString;
            output: z.ZodString;
        }, z.core.$strip>;
    }, z.core.$strip>, z.ZodObject<{
        kind: z.ZodLiteral<"codebook">;
        layer: z.ZodInt;
        width: z.ZodInt;
        inputs: z.ZodObject<{
            value: z.ZodString;
            inject: z.ZodString;
        }, z.core.$strip>;
        outputs: z.ZodObject<{
            query: z.ZodString;
        }, z.core.$strip>;
        tensors: z.ZodObject<{
            input: z.ZodString;
            output: z.ZodString;
        }, z.core.$strip>;
    }, z.core.$strip>], "kind">>;
    calibration: z.ZodOptional<z.ZodObject<{
        layers: z.ZodArray<z.ZodObject<{
            layer: z.ZodInt;
            sameFact: z.ZodArray<z.ZodNumber>;
            sibling: z.ZodArray<z.ZodNumber>;
            unrelated: z.ZodArray<z.ZodNumber>;
            radius: z.ZodNumber;
            separation: z.ZodNumber;
        }, z.core.$strip>>;
        advisedLayer: z.ZodInt;
    }, z.core.$strip>>;
    trace: z.ZodOptional<z.ZodObject<{
        lookup: z.ZodEnum<{
            prompt_last: "prompt_last";
            subject_last: "subject_last";
        }>;
        layer: z.ZodInt;
        facts: z.ZodInt;
        noise: z.ZodNumber;
        seed: z.ZodInt;
        window: z.ZodInt;
        clean: z.ZodNumber;
        corrupted: z.ZodNumber;
        effects: z.ZodObject<{
            residual: z.ZodObject<{
                subject_first: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                subject_middle: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                subject_last: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                further: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                prompt_last: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
            }, z.core.$strip>;
            ffn: z.ZodObject<{
                subject_first: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                subject_middle: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                subject_last: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                further: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                prompt_last: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
            }, z.core.$strip>;
            attention: z.ZodObject<{
                subject_first: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                subject_middle: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                subject_last: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                further: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
                prompt_last: z.ZodNullable<z.ZodArray<z.ZodNumber>>;
            }, z.core.$strip>;
        }, z.core.$strip>;
    }, z.core.$strip>>;
    digests: z.ZodObject<{
        graph: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
        plain: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
        weights: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
        tokenizer: z.ZodType<`sha256:${string}`, unknown, z.core.$ZodTypeInternals<`sha256:${string}`, unknown>>;
    }, z.core.$strip>;
}, z.core.$strip>;
/** The description of a prepared model, as parsed from `model.json`. */
export type PreparedModel = z.infer<typeof preparedModelSchema>;
/** What causal tracing found of a model. */
export type ModelTrace = NonNullable<PreparedModel["trace"]>;
/** One hook of the instrumented graph. */
export type Hook = PreparedModel["hooks"][number];
/** The hook kinds, each by its own type. */
export type LowRankHook = Extract<Hook, {
    kind: "low-rank";
}>;
/** A hook that adds neurons to a block's FFN. */
export type NeuronsHook = Extract<Hook, {
    kind: "neurons";
}>;
/** A hook that replaces a block's output. */
export type CodebookHook = Extract<Hook, {
    kind: "codebook";
}>;
/** The digest that names a base model: over its graphs, weights and tokenizer; calibration may change freely. */
export declare const modelDigest: ({ digests }: PreparedModel) => Promise<Digest>;
