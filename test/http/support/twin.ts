import { digestOf } from "../../../src/core/digest.ts";
import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";

/** A second model, `twin`: the same but for a line break at the end of its tokenizer file. */
export const twinOf = async (files: PreparedFiles): Promise<PreparedFiles> => {
  const tokenizer = new TextEncoder().encode(`${new TextDecoder().decode(files.tokenizer)}\n`);
  const digests = { ...files.model.digests, tokenizer: await digestOf(tokenizer) };
  return { ...files, tokenizer, model: { ...files.model, name: "twin", digests } };
};
