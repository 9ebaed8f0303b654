import type { DecoderStructure } from "./structure/decoder-structure.ts";
/** One line that names a decoder's parts, such as "layer norm, learned positions, gelu-tanh FFN". */
export declare const describeArchitecture: ({ blocks, finalNorm, positions }: DecoderStructure) => string;
/** What `model inspect` shows of a graph: plain data, ready to print or to serialise. */
export declare const describeDecoder: (structure: DecoderStructure) => {
    architecture: string;
    dims: import("./structure/decoder-structure.ts").DecoderDims;
    layers: number;
    io: {
        readonly inputIds: string;
        readonly attentionMask: string | null;
        readonly positionIds: string | null;
        readonly logits: string;
    };
    embedding: string;
    positions: string | null;
    unembedding: {
        weight: string;
        orientation: "in-out" | "out-in";
        in: number;
        out: number;
        bias: string | null;
    };
    tied: boolean;
    finalNorm: string;
    blocks: {
        layer: number;
        input: string;
        attentionOutput: string;
        ffnInput: string;
        up: {
            weight: string;
            orientation: "in-out" | "out-in";
            in: number;
            out: number;
            bias: string | null;
        };
        gate: {
            weight: string;
            orientation: "in-out" | "out-in";
            in: number;
            out: number;
            bias: string | null;
        } | null;
        down: {
            weight: string;
            orientation: "in-out" | "out-in";
            in: number;
            out: number;
            bias: string | null;
        };
        activation: import("./structure/decoder-structure.ts").Activation;
        ffnOutput: string;
        output: string;
        cache: import("./structure/decoder-structure.ts").LayerCache | null;
    }[];
};
/** A decoder's structure as plain data. */
export type DecoderDescription = ReturnType<typeof describeDecoder>;
