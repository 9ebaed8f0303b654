import { elementCount } from "../core/tensor/tensor.ts";
import { floatsOf, type Graph, type Initializer, integersOf, type Node } from "./graph.ts";

/** Operations whose output is their first input, at most in another element type. */
export const SAME_VALUE: ReadonlySet<string> = new Set(["Identity", "Cast", "Dropout"]);

/** Operations whose output has the elements of their first input in the same order, in another shape. */
export const SAME_ELEMENTS: ReadonlySet<string> = new Set([
  ...SAME_VALUE,
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "Flatten",
]);

/** A constant tensor with the name that defines it, behind any Identity. */
export interface NamedConstant {
  readonly name: string;
  readonly value: Initializer;
}

/** Who makes and who reads each tensor of a graph. Describes the graph as it was when the index was built. */
export class GraphIndex {
  readonly graph: Graph;
  readonly #producers: ReadonlyMap<string, Node>;
  readonly #inputs: ReadonlySet<string>;

  constructor(graph: Graph) {
    this.graph = graph;
    this.#producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
    this.#inputs = new Set(graph.inputs.map(({ name }) => name));
  }

  /** The node that writes `tensor`; undefined for graph inputs and initializers. */
  producer(tensor: string): Node | undefined {
    return this.#producers.get(tensor);
  }

  /** Whether `tensor` is an input of the graph. */
  isInput(tensor: string): boolean {
    return this.#inputs.has(tensor);
  }

  /** The tensor that `tensor` comes from when operations named in `ops` are followed through their first input. */
  peel(tensor: string, ops: ReadonlySet<string>): string {
    let current = tensor;
    for (let node = this.producer(current); node && ops.has(node.op); node = this.producer(current))
      current = node.inputs[0]!;
    return current;
  }

  /** The constant behind `tensor`: an initializer or a Constant node, at most through Identity. */
  constant(tensor: string): NamedConstant | undefined {
    const name = this.peel(tensor, new Set(["Identity"]));
    const initializer = this.graph.initializers.get(name);
    if (initializer) return { name, value: initializer };
    const node = this.producer(name);
    const attribute = node?.op === "Constant" ? node.attributes.get("value") : undefined;
    return attribute?.kind === "tensor" ? { name, value: attribute.value } : undefined;
  }

  /** The constant number behind `tensor`; undefined where it is no constant of one element. */
  scalar(tensor: string): number | undefined {
    const value = this.constant(tensor)?.value;
    if (!value || elementCount(value.shape) !== 1) return undefined;
    if (value.type === "float32") return floatsOf(value)[0];
    return value.type === "int64" || value.type === "int32" ? integersOf(value)[0] : undefined;
  }

  /** The constant vector (one axis, more than one element) behind `tensor`. */
  vector(tensor: string): NamedConstant | undefined {
    const constant = this.constant(tensor);
    return constant?.value.shape.length === 1 && constant.value.shape[0]! > 1 ? constant : undefined;
  }
}
