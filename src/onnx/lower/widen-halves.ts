import {
  type Attribute,
  cloneGraph,
  type ElementType,
  type Graph,
  type Initializer,
  lazyInitializer,
  type Node,
} from "../graph.ts";
import { GraphIndex } from "../graph-index.ts";
import { elementTypeOf } from "../infer/element-type.ts";
import { intAttribute } from "../node-attributes.ts";

/** ONNX's numbers for half and single precision, as casts name them. */
const HALF = 10;
const SINGLE = 1;

const widenedType = (type: ElementType): ElementType => (type === "float16" ? "float32" : type);

const widenedTensor = (tensor: Initializer): Initializer =>
  tensor.type === "float16"
    ? lazyInitializer("float32", tensor.shape, () => {
        // Not slice(): a Buffer's shares its memory, and its offset with it.
        const { buffer } = new Uint8Array(tensor.bytes);
        return Float32Array.from(new Float16Array(buffer));
      })
    : tensor;

const widenedAttribute = (name: string, attribute: Attribute): Attribute => {
  if (attribute.kind === "tensor") return { kind: "tensor", value: widenedTensor(attribute.value) };
  const isType = name === "to" || name === "output_dtype" || name === "softmax_precision";
  return isType && attribute.kind === "int" && attribute.value === HALF
    ? { kind: "int", value: SINGLE }
    : attribute;
};

/** Whether `graph` holds half precision anywhere. */
const hasHalves = ({ inputs, outputs, initializers, nodes }: Graph): boolean =>
  [...inputs, ...outputs, ...initializers.values()].some(({ type }) => type === "float16") ||
  nodes.some(({ attributes }) =>
    [...attributes].some(([name, value]) => widenedAttribute(name, value) !== value),
  );

/** Whether `node` casts between half and single precision, which both become single. */
const isFloatCast = (index: GraphIndex, node: Node): boolean => {
  if (node.op !== "Cast" || ![HALF, SINGLE].includes(intAttribute(node, "to", 0))) return false;
  const type = elementTypeOf(index, node.inputs[0]!);
  return type === "float16" || type === "float32";
};

const widenNode = (index: GraphIndex, node: Node): Node =>
  isFloatCast(index, node)
    ? { ...node, op: "Identity", attributes: new Map() }
    : {
        ...node,
        attributes: new Map(
          [...node.attributes].map(([name, value]) => [name, widenedAttribute(name, value)]),
        ),
      };

/**
 * `graph` with every half-precision tensor in single precision, under its own name; casts between the two become
 * identities. The graph itself where it has none.
 */
export const widenHalves = (graph: Graph): Graph => {
  if (!hasHalves(graph)) return graph;
  const copy = cloneGraph(graph);
  const widen = <Info extends { readonly type: ElementType }>(info: Info): Info => ({
    ...info,
    type: widenedType(info.type),
  });
  copy.inputs = copy.inputs.map(widen);
  copy.outputs = copy.outputs.map(widen);
  copy.initializers = new Map([...copy.initializers].map(([name, value]) => [name, widenedTensor(value)]));
  const index = new GraphIndex(graph);
  copy.nodes = copy.nodes.map((node) => widenNode(index, node));
  return copy;
};
