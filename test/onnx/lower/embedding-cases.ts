import { int32, type LoweringCase } from "./lowering-case.ts";

/** Sizes of the cases: two sequences of three tokens, eight channels. */
const [B, S, D] = [2, 3, 8];

const IDS = { ids: int32([B, S], [0, 6, 3, 2, 2, 5]) };
const TABLES = { words: [7, D], places: [9, D], types: [2, D], gain: [D], offset: [D] };

const embed = (name: string, inputs: readonly string[], rest: Partial<LoweringCase> = {}): LoweringCase => ({
  op: "EmbedLayerNormalization",
  inputs,
  outputs: ["y", "", "sum"],
  constants: TABLES,
  attributes: { epsilon: 0.00001 },
  ...rest,
  name: `EmbedLayerNormalization ${name}`,
  tensors: { ...IDS, ...rest.tensors },
});

/** The lookups in front of the first block. */
export const EMBEDDING_CASES: readonly LoweringCase[] = [
  embed("with positions counted", ["ids", "", "words", "places", "", "gain", "offset"]),
  embed("with positions given", ["ids", "", "words", "places", "", "gain", "offset", "", "positions"], {
    tensors: { positions: int32([B, S], [4, 5, 6, 1, 2, 3]) },
  }),
  embed("with segments", ["ids", "segments", "words", "places", "types", "gain", "offset"], {
    tensors: { segments: int32([B, S], [0, 1, 1, 0, 0, 1]) },
  }),
];
