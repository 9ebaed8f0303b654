import type { Graph, Node } from "../../graph.ts";
import { GraphIndex } from "../../graph-index.ts";
import { pruneGraph } from "../../surgery/prune-graph.ts";

/** The scales of a product's operands. */
interface Scales {
  readonly operand: string;
  readonly weight: string;
}

const bothOrders = ({ inputs }: Node): (readonly [string, string])[] => [
  [inputs[0]!, inputs[1]!],
  [inputs[1]!, inputs[0]!],
];

/** The two scales that `tensor` is the product of: the computed one is the operand's. */
const scalesOf = (index: GraphIndex, tensor: string): Scales | undefined => {
  const product = index.producer(tensor);
  if (product?.op !== "Mul") return undefined;
  const found = bothOrders(product).find(
    ([operand, weight]) => !index.constant(operand) && index.constant(weight),
  );
  return found && { operand: found[0], weight: found[1] };
};

/** The integer product behind a cast. */
const integerProduct = (index: GraphIndex, tensor: string): Node | undefined => {
  const cast = index.producer(tensor);
  const product = cast?.op === "Cast" ? index.producer(cast.inputs[0]!) : undefined;
  return product?.op === "MatMulInteger" ? product : undefined;
};

const fused = (index: GraphIndex, node: Node): Node | undefined => {
  if (node.op !== "Mul") return undefined;
  for (const [value, scale] of bothOrders(node)) {
    const product = integerProduct(index, value);
    const scales = product && scalesOf(index, scale);
    if (!scales) continue;
    const [a, b, aZero = "", bZero = ""] = product.inputs as [string, string, string?, string?];
    return {
      name: node.name,
      op: "MatMulIntegerToFloat",
      domain: "com.microsoft",
      inputs: [a, b, scales.operand, scales.weight, aZero, bZero],
      outputs: node.outputs,
      attributes: new Map(),
    };
  }
  return undefined;
};

/** Makes one MatMulIntegerToFloat, in place, of each integer product with the cast and the scales behind it. */
export const fuseIntegerProducts = (graph: Graph): void => {
  if (!graph.nodes.some(({ op }) => op === "MatMulInteger")) return;
  const index = new GraphIndex(graph);
  graph.nodes = graph.nodes.map((node) => fused(index, node) ?? node);
  pruneGraph(graph);
};
