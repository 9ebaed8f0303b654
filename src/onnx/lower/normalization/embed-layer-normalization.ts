import { floatAttribute } from "../../node-attributes.ts";
import { type FusedNode, inputAt, type Lowering, outputAt, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";
import { layerNorm } from "./root-mean-square.ts";

/** ε where a node does not say. */
const EPSILON = 1e-12;

/** The sum of the embeddings, which an optional output hands out. */
const EMBEDDING_SUM = { hint: "sum", place: 2 } as const;

/** Places of the inputs. */
const INPUT = {
  tokens: 0,
  segments: 1,
  words: 2,
  places: 3,
  segmentTable: 4,
  gain: 5,
  offset: 6,
  mask: 7,
  positions: 8,
} as const;

/** The lengths of the sequences, which a mask gives, are read by no decoder. */
const refuses = ({ node }: FusedNode): Refusal | undefined =>
  outputAt(node, 1) !== undefined && inputAt(node, INPUT.mask) !== undefined
    ? { what: "the lengths of the sequences as an output", instead: "export without use_mask_index" }
    : undefined;

/** The positions of the tokens: as given, or counted from 0. */
const positionsOf = (emit: LoweringEmitter, { node }: FusedNode): string => {
  const given = inputAt(node, INPUT.positions);
  if (given !== undefined) return given;
  const length = emit.size(node.inputs[INPUT.tokens]!, 1);
  return emit.unsqueeze(emit.range(emit.int(0), length), [0]);
};

const lower = (fused: FusedNode, emit: LoweringEmitter): void => {
  const { node } = fused;
  const at = (place: number) => node.inputs[place]!;
  const look = (table: string, indices: string) => emit.op("Gather", [table, indices], { axis: 0 });
  const words = look(at(INPUT.words), at(INPUT.tokens));
  const segments = inputAt(node, INPUT.segmentTable);
  const typed =
    segments === undefined || inputAt(node, INPUT.segments) === undefined
      ? words
      : emit.add(words, look(segments, at(INPUT.segments)));
  const sum = emit.add(
    typed,
    look(at(INPUT.places), positionsOf(emit, fused)),
    outputAt(node, EMBEDDING_SUM.place) ?? emit.inner(EMBEDDING_SUM.hint),
  );
  const affine = { gain: at(INPUT.gain), offset: inputAt(node, INPUT.offset) };
  layerNorm(emit, sum, affine, floatAttribute(node, "epsilon", EPSILON), node.outputs[0]!);
};

/** Word, position and segment embeddings, their sum, and the first layer norm. */
export const embedLayerNormalization: Lowering = {
  op: "EmbedLayerNormalization",
  domain: "com.microsoft",
  since: 1,
  exposes: EMBEDDING_SUM,
  refuses,
  lower,
};
