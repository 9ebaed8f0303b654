import { create } from "@bufbuild/protobuf";
import { type AttributeProto, type GraphProto, type NodeProto, NodeProtoSchema } from "onnx-buf";

/** How many of `names` the nodes of a branch read. */
const countReads = ({ node }: GraphProto, names: ReadonlySet<string>): number =>
  new Set(node.flatMap(({ input }) => input).filter((name) => names.has(name))).size;

const branchesOf = ({ attribute }: NodeProto): readonly GraphProto[] =>
  attribute.flatMap(({ g }: AttributeProto) => (g === undefined ? [] : [g]));

/** Whether a node chooses between two branches by an input of the graph, as `use_cache_branch` is one. */
const isChoice = (node: NodeProto, inputs: ReadonlySet<string>): boolean =>
  node.opType === "If" && inputs.has(node.input[0]!) && branchesOf(node).length === 2;

/**
 * `decoder_model_merged`, as optimum writes it, has one branch for a prompt and one for what follows a cache. The branch
 * that reads more of the inputs, the one with the past, serves both, as a past may be empty; it takes the place of the
 * choice, and the input that chooses is gone. A graph without such a choice stays as it is.
 */
export const takeBranchWithPast = (graph: GraphProto): void => {
  const inputs = new Set(graph.input.map(({ name }) => name));
  const chosen = new Set<string>();
  graph.node = graph.node.flatMap((node) => {
    if (!isChoice(node, inputs)) return [node];
    const [first, second] = branchesOf(node) as [GraphProto, GraphProto];
    const branch = countReads(second, inputs) > countReads(first, inputs) ? second : first;
    chosen.add(node.input[0]!);
    graph.initializer.push(...branch.initializer);
    const results = branch.output.map(({ name }, place) =>
      create(NodeProtoSchema, {
        name: `${node.name}.${place}`,
        opType: "Identity",
        input: [name],
        output: [node.output[place]!],
      }),
    );
    return [...branch.node, ...results];
  });
  const read = new Set(graph.node.flatMap(({ input }) => input));
  graph.input = graph.input.filter(({ name }) => !chosen.has(name) || read.has(name));
};
