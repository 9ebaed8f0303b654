import { WEIGHTS_FILE } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { createTokenizer, type Tokenizer } from "../../engine/tokenizer/tokenizer.ts";
import type { Graph } from "../../onnx/graph.ts";
import { readModel } from "../../onnx/read-model.ts";
import type { ModelDirectory } from "./model-directory.ts";

/** What offline work reads of a prepared model. */
export interface ModelParts {
  readonly graph: Graph;
  readonly tokenizer: Tokenizer;
}

/** One of a prepared model's two graphs, with its weights. Errors: those of `readModel`. */
export const readGraphOf = (
  { weights, ...graphs }: Pick<ModelDirectory, "graph" | "plain" | "weights">,
  which: "graph" | "plain" = "graph",
): Result<Graph> => readModel(graphs[which], (location) => (location === WEIGHTS_FILE ? weights : undefined));

/** A prepared model's hooked graph and its tokenizer. Errors: those of `readModel` and `createTokenizer`. */
export const readModelParts = (files: ModelDirectory): Result<ModelParts> => {
  const graph = readGraphOf(files);
  if (!graph.ok) return graph;
  const tokenizer = createTokenizer(new TextDecoder().decode(files.tokenizer));
  return tokenizer.ok ? ok({ graph: graph.value, tokenizer: tokenizer.value }) : tokenizer;
};
