import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import { referenceTraces } from "../../contract/backend/reference-traces.ts";
import { tinyModel } from "../../fixtures/tiny-model.ts";
import { worldSizedModel } from "../../fixtures/world-sized-model.ts";
import type { GeneratedFiles } from "./node-files.ts";

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

/** Models of `test/fixtures` as files, and beside each `reference-traces.json`; made when first asked for. */
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
    case "reference-traces.json":
      return asBytes(await referenceTraces(files));
    default:
      return undefined;
  }
};
