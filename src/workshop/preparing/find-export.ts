import { basename, dirname, join, resolve } from "node:path";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { listDirectory, pathKind } from "../directories/files.ts";
import { MODEL_FILES } from "../directories/model-directory.ts";
import { bestOfVariants, type ExportedGraph, type ExportVariant, variantOf } from "./export-variants.ts";
import { readGenaiConfig } from "./genai-config.ts";

/** An export as it lies on the disk: which graph to take, and where the files beside it are. */
export interface FoundExport {
  readonly graph: ExportedGraph;
  /** Folders to look for a file of the export in, the likeliest first. */
  readonly folders: readonly string[];
  /** The export's own folder, after which a model may be named. */
  readonly folder: string;
}

/** Where the hub keeps graphs. */
const GRAPHS_FOLDER = "onnx";

const refuse = (message: string, param: string) => fail(problem("invalid_request", message, { param }));

/** How a variant is asked for. */
const ASK = "Name one with --variant, or name the .onnx file itself.";

const chooseGraph = (
  folder: string,
  names: readonly string[],
  variant: ExportVariant | undefined,
): Result<ExportedGraph> => {
  const graphs = names.filter((name) => name.endsWith(".onnx"));
  const best = bestOfVariants(graphs);
  const [first] = best.size > 0 ? best : [];
  const there = [...best.keys()].join(", ");
  if (variant !== undefined) {
    const name = best.get(variant);
    if (name !== undefined) return ok({ path: join(folder, name), variant });
    const have = there === "" ? "none that is named as a variant" : there;
    return refuse(`${folder} has no variant ${variant}; there is: ${have}.`, "--variant");
  }
  if (best.has("fp32") || best.size === 1) return ok({ path: join(folder, first![1]), variant: first![0] });
  if (best.size > 1)
    return refuse(`${folder} has the variants ${there}, and none in fp32. ${ASK}`, "--variant");
  if (graphs.length === 1) return ok({ path: join(folder, graphs[0]!), variant: null });
  return graphs.length === 0
    ? fail(
        problem(
          "file_not_found",
          `${folder} holds no .onnx file, neither there nor under ${GRAPHS_FOLDER}/. Export the model with a key-value cache, for example by: optimum-cli export onnx --model ${folder} --task text-generation-with-past OUT`,
          { param: folder },
        ),
      )
    : refuse(`${folder} holds ${graphs.join(", ")}. Name the .onnx file itself.`, folder);
};

const inFolder = async (folder: string, variant: ExportVariant | undefined): Promise<Result<FoundExport>> => {
  const names = await listDirectory(folder);
  if (names.includes(MODEL_FILES.model) && names.includes(MODEL_FILES.plain))
    return refuse(
      `${folder} holds a prepared model already; prepare the export that it was made of.`,
      folder,
    );
  const genai = await readGenaiConfig(folder);
  if (!genai.ok) return genai;
  if (genai.value !== null && variant === undefined) {
    const path = join(folder, genai.value.graph);
    return ok({ graph: { path, variant: null }, folders: [folder], folder });
  }
  const below = join(folder, GRAPHS_FOLDER);
  const graphs = (await listDirectory(below)).filter((name) => name.endsWith(".onnx"));
  const chosen = chooseGraph(
    ...(graphs.length > 0 ? ([below, graphs] as const) : ([folder, names] as const)),
    variant,
  );
  return chosen.ok
    ? ok({ graph: chosen.value, folders: [folder, dirname(chosen.value.path)], folder })
    : chosen;
};

/**
 * Finds an exported model: in a folder in Hugging Face's layout (`onnx/model*.onnx`, or beside the configuration) or
 * onnxruntime-genai's (`genai_config.json`), or as the `.onnx` file itself, whose folder and the one above are searched
 * for the rest. Of several variants `variant` is taken; where none is asked for fp32, or the only one.
 *
 * Errors: `file_not_found`; `invalid_request` where several would do, or not the one asked for; those of
 * `readGenaiConfig`.
 */
export const findExport = async (
  path: string,
  variant: ExportVariant | undefined,
): Promise<Result<FoundExport>> => {
  const given = resolve(path);
  const kind = await pathKind(given);
  if (kind === null)
    return fail(problem("file_not_found", `There is no file or folder ${given}.`, { param: path }));
  if (kind === "directory") return inFolder(given, variant);
  if (variant !== undefined)
    return refuse(`${given} is one graph; --variant chooses among those of a folder.`, "--variant");
  const own = dirname(given);
  const above = dirname(own);
  const folder = basename(own) === GRAPHS_FOLDER ? above : own;
  return ok({ graph: { path: given, variant: variantOf(basename(given)) }, folders: [own, above], folder });
};
