import { describe, expect, it } from "vitest";
import { readExportSettings } from "../../../src/workshop/preparing/export-settings.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { folderWith } from "./export-folder.ts";

const read = async (files: Readonly<Record<string, unknown>>) =>
  unwrap(await readExportSettings([await folderWith(files)]));

describe("readExportSettings", () => {
  it("reads Hugging Face's files, generation_config.json before config.json", async () => {
    const settings = await read({
      "config.json": { max_position_embeddings: 512, bos_token_id: 1, eos_token_id: 2, model_type: "llama" },
      "generation_config.json": { eos_token_id: [7, 2] },
      "tokenizer_config.json": {
        bos_token: { content: "<s>", special: true },
        eos_token: "</s>",
        chat_template: "{{ messages }}",
      },
    });
    expect(settings).toEqual({
      context: 512,
      ends: { file: "generation_config.json", ids: [7, 2] },
      configured: {
        begin: { file: "config.json", ids: [1] },
        end: { file: "config.json and generation_config.json", ids: [2, 7, 2] },
      },
      tokens: {
        begin: { file: "tokenizer_config.json", token: "<s>" },
        end: { file: "tokenizer_config.json", token: "</s>" },
      },
      chatTemplate: "{{ messages }}",
    });
  });

  it.each([
    [{ n_positions: 128 }, 128],
    [{ n_ctx: 96 }, 96],
    [{ text_config: { max_position_embeddings: 64, eos_token_id: 3 } }, 64],
    [{}, null],
  ])("finds the context of %j", async (config, context) => {
    expect((await read({ "config.json": config })).context).toBe(context);
  });

  it("takes a tokenizer's limit where nothing else has one, unless it stands for none", async () => {
    expect((await read({ "tokenizer_config.json": { model_max_length: 77 } })).context).toBe(77);
    expect((await read({ "tokenizer_config.json": { model_max_length: 1e30 } })).context).toBeNull();
  });

  it("lets onnxruntime-genai's file go first", async () => {
    const { context, ends } = await read({
      "genai_config.json": {
        model: { context_length: 2048, eos_token_id: [5, 6], decoder: { filename: "model.onnx" } },
      },
      "config.json": { max_position_embeddings: 99, eos_token_id: 1 },
    });
    expect({ context, ends }).toEqual({ context: 2048, ends: { file: "genai_config.json", ids: [5, 6] } });
  });

  it.each([
    ["a file", { "chat_template.jinja": "from a file", "tokenizer_config.json": { chat_template: "no" } }],
    ["a JSON file", { "chat_template.json": { chat_template: "from a file" } }],
    [
      "a list of named ones",
      {
        "tokenizer_config.json": {
          chat_template: [
            { name: "tool_use", template: "no" },
            { name: "default", template: "from a file" },
          ],
        },
      },
    ],
  ])("reads the chat template from %s", async (_, files) => {
    expect((await read(files)).chatTemplate).toBe("from a file");
  });

  it("falls back to special_tokens_map.json", async () => {
    const { tokens } = await read({ "special_tokens_map.json": { eos_token: { content: "<end>" } } });
    expect(tokens.end).toEqual({ file: "special_tokens_map.json", token: "<end>" });
  });

  it("names the file and every field at fault", async () => {
    const folder = await folderWith({
      "config.json": { eos_token_id: "two", max_position_embeddings: -1 },
    });
    const refused = await readExportSettings([folder]);
    expect(refused).toMatchObject({ ok: false, problem: { code: "malformed_model" } });
    const message = refused.ok ? "" : refused.problem.message;
    expect(message).toContain("config.json: ");
    expect(message).toContain("max_position_embeddings: ");
    expect(message).toContain("eos_token_id: expected a token's id, or a list of them");
  });
});
