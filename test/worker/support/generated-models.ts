import type { PreparedFiles } from "../../../src/onnx/prepare-model.ts";
import { openRunner } from "../../engine/support/engines.ts";
import { tinyModel } from "../../fixtures/tiny-model.ts";
import { worldSizedModel } from "../../fixtures/world-sized-model.ts";
import { traceGreedy } from "./greedy-trace.ts";
import type { GeneratedFiles } from "./node-files.ts";
import { TRACED_PROMPT, TRACED_TOKENS } from "./traced-prompt.ts";

/** Path of generated files: `generated/<model>/<file>`. */
const GENERATED = /^generated\/([a-z-]+)\/([a-z.-]+)$/;

const makers: Readonly<Record<string, () => Promise<PreparedFiles>>> = {
  tiny: tinyModel,
  "world-sized": worldSizedModel,
};

const made = new Map<string, Promise<PreparedFiles>>();

const prepared = (name: string): Promise<PreparedFiles> | undefined => {
  const known = made.get(name) ?? makers[name]?.();
  if (known !== undefined) made.set(name, known);
  return known;
};

const asBytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** What onnxruntime-node decodes on the model, for workerd's runtime to be compared with. */
const nodeTrace = async (files: PreparedFiles): Promise<Uint8Array> => {
  const runner = await openRunner(files);
  const trace = await traceGreedy(runner, TRACED_PROMPT, TRACED_TOKENS);
  await runner.release();
  return asBytes(trace);
};

/** Models of `test/fixtures` as files, and beside each `node-trace.json`; made when first asked for. */
export const generatedModels: GeneratedFiles = async (path) => {
  const [, name, file] = GENERATED.exec(path) ?? [];
  const files = name === undefined ? undefined : await prepared(name);
  if (files === undefined) return undefined;
  switch (file) {
    case "model.json":
      return asBytes(files.model);
    case "graph.onnx":
      return files.graph;
    case "plain.onnx":
      return files.plain;
    case "weights.bin":
      return files.weights;
    case "tokenizer.json":
      return files.tokenizer;
    case "node-trace.json":
      return await nodeTrace(files);
    default:
      return undefined;
  }
};
