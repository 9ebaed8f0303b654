import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findExport } from "../../../src/workshop/preparing/find-export.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { folderWith } from "./export-folder.ts";

const graphs = (...names: string[]) => folderWith(Object.fromEntries(names.map((name) => [name, "graph"])));

const refusal = async (folder: string, variant?: "q4"): Promise<string> => {
  const found = await findExport(folder, variant);
  return found.ok ? `found ${found.value.graph.path}` : `${found.problem.code}: ${found.problem.message}`;
};

describe("findExport", () => {
  it.each([
    [
      ["onnx/model.onnx", "onnx/model_q4.onnx", "onnx/model_no_past.onnx"],
      undefined,
      "onnx/model.onnx",
      "fp32",
    ],
    [["onnx/model.onnx", "onnx/model_q4.onnx"], "q4", "onnx/model_q4.onnx", "q4"],
    [["onnx/model_quantized.onnx"], undefined, "onnx/model_quantized.onnx", "int8"],
    [["onnx/model_q4f16.onnx", "onnx/model_fp16.onnx"], "q4f16", "onnx/model_q4f16.onnx", "q4f16"],
    [["model.onnx", "config.json"], undefined, "model.onnx", "fp32"],
    [["decoder_model.onnx", "decoder_model_merged.onnx"], undefined, "decoder_model_merged.onnx", "fp32"],
    [["weird.onnx"], undefined, "weird.onnx", null],
  ] as const)("takes of %j with the variant %s %s", async (names, variant, path, taken) => {
    const folder = await graphs(...names);
    const found = unwrap(await findExport(folder, variant));
    expect(found.graph).toEqual({ path: join(folder, path), variant: taken });
    expect([found.folder, found.folders[0]]).toEqual([folder, folder]);
  });

  it("takes the graph that genai_config.json names", async () => {
    const folder = await folderWith({
      "genai_config.json": { model: { decoder: { filename: "past.onnx" } } },
      "past.onnx": "graph",
      "model.onnx": "graph",
    });
    expect(unwrap(await findExport(folder, undefined)).graph.path).toBe(join(folder, "past.onnx"));
  });

  it("takes a graph as it is named, and looks for the rest beside it and above", async () => {
    const folder = await graphs("onnx/model_no_past.onnx");
    const path = join(folder, "onnx", "model_no_past.onnx");
    const found = unwrap(await findExport(path, undefined));
    expect(found).toEqual({
      graph: { path, variant: null },
      folders: [join(folder, "onnx"), folder],
      folder,
    });
  });

  it("names what there is where it cannot choose", async () => {
    const several = await graphs("onnx/model_fp16.onnx", "onnx/model_int8.onnx");
    expect(await refusal(several)).toContain("has the variants fp16, int8, and none in fp32");
    expect(await refusal(several, "q4")).toContain("has no variant q4; there is: fp16, int8");
    expect(await refusal(await graphs("a.onnx", "b.onnx"))).toContain("holds a.onnx, b.onnx");
    expect(await refusal(await graphs("model.safetensors"))).toMatch(
      /^file_not_found: .*optimum-cli export onnx/,
    );
    expect(await refusal("/no/such/folder")).toContain("There is no file or folder /no/such/folder");
    expect(await refusal(await graphs("model.json", "plain.onnx"))).toContain("a prepared model already");
  });
});
