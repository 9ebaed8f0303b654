import { env } from "cloudflare:workers";
import { type PreparedModel, preparedModelSchema } from "../../../src/core/model/prepared-model.ts";

/** A file of the repository or a generated fixture, by its path from the repository's root. */
export const readRepositoryFile = async (path: string): Promise<Uint8Array> => {
  const response = await env.FILES.fetch(`http://files/${path}`);
  if (!response.ok) throw new Error(`The FILES service has no ${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

/** A JSON file of the repository or a generated fixture. */
export const readRepositoryJson = async <Content>(path: string): Promise<Content> =>
  JSON.parse(new TextDecoder().decode(await readRepositoryFile(path)));

/** The files of a prepared model. */
export interface ModelFiles {
  readonly model: PreparedModel;
  readonly graph: Uint8Array;
  readonly plain: Uint8Array;
  readonly weights: Uint8Array;
  readonly tokenizerJson: string;
}

/** Reads a prepared model from `folder`: `models/world`, or `generated/tiny` and other fixtures. */
export const readModelFiles = async (folder: string): Promise<ModelFiles> => ({
  model: preparedModelSchema.parse(await readRepositoryJson(`${folder}/model.json`)),
  graph: await readRepositoryFile(`${folder}/graph.onnx`),
  plain: await readRepositoryFile(`${folder}/plain.onnx`),
  weights: await readRepositoryFile(`${folder}/weights.bin`),
  tokenizerJson: new TextDecoder().decode(await readRepositoryFile(`${folder}/tokenizer.json`)),
});

/** Puts a file of the repository or a generated fixture into an R2 bucket under `key`. */
export const copyToBucket = async (bucket: R2Bucket, path: string, key: string): Promise<void> => {
  await bucket.put(key, await readRepositoryFile(path));
};
