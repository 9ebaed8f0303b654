import { readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { Result } from "../../core/result.ts";
import type { Graph } from "../../onnx/graph.ts";
import { readModel } from "../../onnx/read-model.ts";
import { checkFileKind } from "../../onnx/validate/file-kind.ts";
import { isDirectory, readBytes } from "./files.ts";
import { MODEL_FILES } from "./model-directory.ts";

/** Reads data files beside the graph. A location that leads out of its directory counts as not given. */
const externalFrom = (directory: string) => (location: string) => {
  const path = resolve(directory, location);
  if (!path.startsWith(resolve(directory) + sep)) return undefined;
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    // The reader names the tensor that needs the file, which says more than the file system's error.
    return undefined;
  }
};

/** Keeps one copy of each data file: every tensor in it asks for it again. */
const remembered = <Value>(find: (key: string) => Value) => {
  const found = new Map<string, Value>();
  return (key: string): Value => {
    if (!found.has(key)) found.set(key, find(key));
    return found.get(key) as Value;
  };
};

/**
 * Reads an `.onnx` file with its data files, or the `graph.onnx` of a prepared model's directory.
 *
 * Errors: `file_not_found`, and those of `checkFileKind` and `readModel`.
 */
export const readGraph = async (path: string): Promise<Result<Graph>> => {
  const file = (await isDirectory(path)) ? join(path, MODEL_FILES.graph) : path;
  const bytes = await readBytes(file, "an ONNX model");
  if (!bytes.ok) return bytes;
  const kind = checkFileKind(file, bytes.value);
  return kind.ok ? readModel(bytes.value, remembered(externalFrom(dirname(file)))) : kind;
};
