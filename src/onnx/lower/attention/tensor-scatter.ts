import { intAttribute, normalizeAxis, stringAttribute } from "../../node-attributes.ts";
import { type FusedNode, inputAt, type Lowering, type Refusal } from "../lowering.ts";
import type { LoweringEmitter } from "../lowering-emitter.ts";

const axisOf = ({ node, shapes }: FusedNode): number | undefined => {
  const rank = shapes.rank(node.inputs[0]!) ?? shapes.rank(node.inputs[1]!);
  return rank === undefined ? undefined : normalizeAxis(intAttribute(node, "axis", -2), rank);
};

const refuses = (fused: FusedNode): Refusal | undefined =>
  axisOf(fused) === undefined
    ? { what: "a cache of a rank that the graph does not tell", instead: "export with a declared cache" }
    : undefined;

/** The integers below the size of axis `axis` of `tensor`, as a row that broadcasts along the other axes. */
const places = (emit: LoweringEmitter, tensor: string, axis: number, rank: number): string => {
  const shape = Array.from({ length: rank }, (_, at) => (at === axis ? -1 : 1));
  return emit.reshape(emit.range(emit.int(0), emit.size(tensor, axis)), shape);
};

const lower = (fused: FusedNode, emit: LoweringEmitter): void => {
  const { node, shapes } = fused;
  const [cache, update] = node.inputs as [string, string];
  const rank = (shapes.rank(cache) ?? shapes.rank(update))!;
  const axis = axisOf(fused)!;
  const starts = inputAt(node, 2);
  const start =
    starts === undefined ? emit.int(0) : emit.reshape(starts, [-1, ...new Array<number>(rank - 1).fill(1)]);
  const size = emit.size(cache, axis);
  // How far each place of the cache lies behind the first one written.
  const distance = emit.op("Sub", [places(emit, cache, axis, rank), start]);
  const circular = stringAttribute(node, "mode", "linear") === "circular";
  const row = circular ? emit.op("Mod", [distance, size]) : distance;
  const count = emit.size(update, axis);
  const zero = emit.int(0);
  const within = emit.op("And", [emit.op("GreaterOrEqual", [row, zero]), emit.op("Less", [row, count])]);
  const clamped = emit.op("Max", [emit.op("Min", [row, emit.op("Sub", [count, emit.int(1)])]), zero]);
  const shape = emit.op("Shape", [cache]);
  const written = emit.op("GatherElements", [update, emit.op("Expand", [clamped, shape])], { axis });
  emit.op("Where", [within, written, cache], {}, node.outputs[0]!);
};

/** The standard update of a cache in place (opset 24): the new rows where they are written, the old ones elsewhere. */
export const tensorScatter: Lowering = { op: "TensorScatter", domain: "", since: 24, refuses, lower };
