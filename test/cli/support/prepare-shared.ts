import { join } from "node:path";
import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import { prepareModel } from "../../../src/onnx/prepare-model.ts";
import { writeModelDirectory } from "../../../src/workshop/directories/write-model-directory.ts";
import { must } from "../../engine/support/engines.ts";
import {
  type SharedModel,
  sharedGraph,
  sharedReference,
  sharedTokenizer,
} from "../../onnx/support/shared-models.ts";

/** A shared model's export, prepared with a low-rank hook on its middle block and written to `directory`'s models. */
export const prepareShared = async (
  directory: string,
  name: SharedModel,
  file: string,
): Promise<PreparedFiles> => {
  const { middle_layer: layer } = sharedReference(name);
  const files = must(
    await prepareModel({
      name,
      graph: sharedGraph(name, file),
      tokenizerJson: sharedTokenizer(name),
      context: 100,
      specialTokens: { begin: null, end: 0 },
      hooks: {
        codebook: [layer],
        neurons: [],
        lowRank: [{ layer, site: "down" }],
        neuronActivation: "relu",
      },
    }),
  );
  await writeModelDirectory(join(directory, "models", name), files);
  return files;
};
