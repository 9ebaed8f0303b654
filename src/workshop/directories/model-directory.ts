import { join, resolve } from "node:path";
import { type Digest, digestOf } from "../../core/digest.ts";
import {
  modelDigest,
  type PreparedModel,
  preparedModelSchema,
  WEIGHTS_FILE,
} from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { isDirectory, parseJson, readBytes } from "./files.ts";

/** The files of a prepared model, as `model prepare` writes them. */
export const MODEL_FILES = {
  model: "model.json",
  graph: "graph.onnx",
  plain: "plain.onnx",
  weights: WEIGHTS_FILE,
  tokenizer: "tokenizer.json",
} as const;

/** Where a prepared model keeps the prompts that editors measure on; publisher's side only. */
export const PROBES_FILE = join("stats", "probes.jsonl");

/** Where second moments are kept once computed; never under version control, as they are soon made again. */
export const MOMENTS_DIRECTORY = join("stats", "moments");

/** A prepared model off the disk, its files verified against `model.json`. */
export interface ModelDirectory {
  readonly directory: string;
  readonly model: PreparedModel;
  /** `modelDigest` of the model. */
  readonly digest: Digest;
  readonly graph: Uint8Array<ArrayBuffer>;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly weights: Uint8Array<ArrayBuffer>;
  readonly tokenizer: Uint8Array<ArrayBuffer>;
}

/**
 * The directory that a model's name or path means: an existing directory as it stands, else `models/<name>` of
 * the project.
 */
export const resolveModelDirectory = async (
  nameOrPath: string,
  context: Pick<WorkshopContext, "workingDirectory" | "projectDirectory">,
): Promise<string> => {
  const given = resolve(context.workingDirectory, nameOrPath);
  return (await isDirectory(given)) ? given : join(context.projectDirectory, "models", nameOrPath);
};

/** Reads `model.json` alone. Errors: `file_not_found`, `malformed_model`. */
export const readModelDescription = async (directory: string): Promise<Result<PreparedModel>> => {
  const path = join(directory, MODEL_FILES.model);
  const bytes = await readBytes(path, "a prepared model's description (errata model prepare writes it)");
  if (!bytes.ok) return bytes;
  const json = parseJson(bytes.value, "malformed_model", path);
  if (!json.ok) return json;
  const parsed = preparedModelSchema.safeParse(json.value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const place = issue?.path.map(String).join(".") || "the document";
  return fail(
    problem("malformed_model", `${path}: at ${place}: ${issue?.message}. Prepare the model again.`, {
      param: place,
    }),
  );
};

const readVerified = async (path: string, digest: Digest): Promise<Result<Uint8Array<ArrayBuffer>>> => {
  const bytes = await readBytes(path, "a file of a prepared model");
  if (!bytes.ok) return bytes;
  const found = await digestOf(bytes.value);
  if (found === digest) return bytes;
  return fail(
    problem(
      "digest_mismatch",
      `${path} has the digest ${found}, but ${MODEL_FILES.model} names ${digest}. Fetch or prepare the model again.`,
      { param: path },
    ),
  );
};

/**
 * Reads a prepared model, every file verified by its digest.
 *
 * Errors: `file_not_found`, `malformed_model`, `digest_mismatch`.
 */
export const readModelDirectory = async (directory: string): Promise<Result<ModelDirectory>> => {
  const description = await readModelDescription(directory);
  if (!description.ok) return description;
  const { digests } = description.value;
  const graph = await readVerified(join(directory, MODEL_FILES.graph), digests.graph);
  if (!graph.ok) return graph;
  const plain = await readVerified(join(directory, MODEL_FILES.plain), digests.plain);
  if (!plain.ok) return plain;
  const weights = await readVerified(join(directory, MODEL_FILES.weights), digests.weights);
  if (!weights.ok) return weights;
  const tokenizer = await readVerified(join(directory, MODEL_FILES.tokenizer), digests.tokenizer);
  if (!tokenizer.ok) return tokenizer;
  return ok({
    directory,
    model: description.value,
    digest: await modelDigest(description.value),
    graph: graph.value,
    plain: plain.value,
    weights: weights.value,
    tokenizer: tokenizer.value,
  });
};

/** Reads the prepared model that a name or path means. Errors: as `readModelDirectory`. */
export const readNamedModel = async (
  nameOrPath: string,
  context: Pick<WorkshopContext, "workingDirectory" | "projectDirectory">,
): Promise<Result<ModelDirectory>> => readModelDirectory(await resolveModelDirectory(nameOrPath, context));
