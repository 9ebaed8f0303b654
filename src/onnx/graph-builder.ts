import {
  type Attribute,
  type ElementType,
  floatInitializer,
  type Graph,
  type Initializer,
  int64Initializer,
  type Node,
  type ValueInfo,
} from "./graph.ts";

/** An attribute value as a caller writes it: whole numbers become ints, `float(x)` forces a float. */
export type AttributeValue = number | readonly number[] | string | Attribute;

/** A float attribute, for values that happen to be whole. */
export const float = (value: number): Attribute => ({ kind: "float", value });

const toAttribute = (value: AttributeValue): Attribute => {
  if (typeof value === "number")
    return Number.isInteger(value) ? { kind: "int", value } : { kind: "float", value };
  if (typeof value === "string") return { kind: "string", value };
  if (Array.isArray(value)) return { kind: "ints", value };
  return value as Attribute;
};

/** Appends nodes to a graph, naming what has no name yet; the way every pass and builder adds operations. */
export class GraphBuilder {
  readonly graph: Graph;
  readonly #taken: Set<string>;
  readonly #prefix: string;
  #next = 0;

  /** Builds onto `graph`; new tensors are named `prefix` and a number that nothing in the graph uses. */
  constructor(graph: Graph, prefix = "t") {
    this.graph = graph;
    this.#prefix = prefix;
    this.#taken = new Set([
      ...graph.inputs.map((input) => input.name),
      ...graph.initializers.keys(),
      ...graph.nodes.flatMap((node) => node.outputs),
    ]);
  }

  /** An empty graph on one standard opset. */
  static empty(name: string, opset = 20): Graph {
    return {
      name,
      opsets: new Map([["", opset]]),
      inputs: [],
      outputs: [],
      nodes: [],
      initializers: new Map(),
    };
  }

  /** A tensor name that is not taken yet, and is from now on. */
  fresh(hint = this.#prefix): string {
    let name = hint;
    while (this.#taken.has(name)) name = `${hint}_${this.#next++}`;
    this.#taken.add(name);
    return name;
  }

  /** Appends an operation with one output and returns that output's name. */
  op(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    output?: string,
  ): string {
    return this.node(op, inputs, 1, attributes, output === undefined ? undefined : [output])[0]!;
  }

  /** Appends an operation with `count` outputs and returns their names. */
  node(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes: Record<string, AttributeValue> = {},
    outputs?: readonly string[],
  ): string[] {
    const names = outputs ? [...outputs] : Array.from({ length: count }, () => this.fresh());
    for (const name of names) this.#taken.add(name);
    const node: Node = {
      name: `${op}:${names[0]}`,
      op,
      domain: "",
      inputs: [...inputs],
      outputs: names,
      attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, toAttribute(value)])),
    };
    this.graph.nodes.push(node);
    return names;
  }

  /** Declares a graph input and returns its name. */
  input(name: string, type: ElementType, shape: readonly (number | string)[]): string {
    this.#taken.add(name);
    this.graph.inputs.push({ name, type, shape } satisfies ValueInfo);
    return name;
  }

  /** Declares an existing tensor a graph output. */
  output(name: string, type: ElementType, shape: readonly (number | string)[]): void {
    this.graph.outputs.push({ name, type, shape });
  }

  /** Adds a constant and returns its name. */
  constant(initializer: Initializer, hint = `${this.#prefix}_c`): string {
    const name = this.fresh(hint);
    this.graph.initializers.set(name, initializer);
    return name;
  }

  /** A float32 constant; a scalar where `shape` is left out. */
  floats(values: readonly number[], shape: readonly number[] = []): string {
    return this.constant(floatInitializer(shape, Float32Array.from(values)));
  }

  /** An int64 vector constant. */
  ints(values: readonly number[]): string {
    return this.constant(int64Initializer([values.length], values));
  }
}
