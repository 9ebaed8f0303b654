import { describe, expect, it } from "vitest";
import { composeLowRanks, type LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import { readSafetensors } from "../../../src/core/tensor/safetensors.ts";
import {
  encodePeftAdapter,
  PEFT_FILES,
  peftAdapter,
} from "../../../src/edit/down-projection/peft-adapter.ts";
import { findPeftModules, modulesOfPattern } from "../../../src/edit/down-projection/peft-modules.ts";
import { describeArchitecture } from "../../../src/onnx/describe-decoder.ts";
import { findDecoder } from "../../../src/onnx/find-decoder.ts";
import { digestNumber } from "../../core/support/sample-catalog.ts";
import { ownDecoder } from "../../onnx/support/own-decoder.ts";
import { seededNormals } from "../../onnx/support/seeded.ts";
import { haveSharedModels, sharedGraph } from "../../onnx/support/shared-models.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

const [IN, OUT] = [6, 4];

const lowRank = (layer: number, rank: number, site: LowRankPatch["site"] = "down"): LowRankPatch => {
  const normals = seededNormals(layer + 1);
  return {
    kind: "low-rank",
    id: `patch-${layer}`,
    edits: [0],
    layer,
    site,
    tensors: {
      A: { shape: [IN, rank], data: Float32Array.from(normals(IN * rank)) },
      B: { shape: [rank, OUT], data: Float32Array.from(normals(rank * OUT)) },
    },
  };
};

const LLAMA = unwrap(
  findPeftModules({ name: "llama", architecture: "RMS norm, computed positions, gated silu FFN" }),
);

const configOf = (...patches: LowRankPatch[]) =>
  unwrap(peftAdapter(composeLowRanks(patches), LLAMA, "some/model")).config;

describe("peftAdapter", () => {
  it("has A and B transposed, number for number, after a round trip through its file", () => {
    const patch = lowRank(3, 2);
    const adapter = unwrap(peftAdapter(composeLowRanks([patch]), LLAMA, null));
    const files = encodePeftAdapter(adapter, digestNumber(7));
    const tensors = unwrap(readSafetensors(files[PEFT_FILES.weights]!));
    const prefix = "base_model.model.model.layers.3.mlp.down_proj";
    expect([...tensors.keys()].sort()).toEqual([`${prefix}.lora_A.weight`, `${prefix}.lora_B.weight`]);
    const [loraA, loraB] = [tensors.get(`${prefix}.lora_A.weight`)!, tensors.get(`${prefix}.lora_B.weight`)!];
    expect([loraA.shape, loraB.shape]).toEqual([
      [2, IN],
      [OUT, 2],
    ]);
    for (let k = 0; k < 2; k++) {
      for (let i = 0; i < IN; i++) expect(loraA.data[k * IN + i]).toBe(patch.tensors.A.data[i * 2 + k]);
      for (let j = 0; j < OUT; j++) expect(loraB.data[j * 2 + k]).toBe(patch.tensors.B.data[k * OUT + j]);
    }
    expect(JSON.parse(new TextDecoder().decode(files[PEFT_FILES.config]))).toEqual(adapter.config);
    expect(new TextDecoder().decode(files[PEFT_FILES.weights])).toContain(digestNumber(7));
  });

  it("scales by one, at every layer's own rank", () => {
    const config = configOf(lowRank(1, 2), lowRank(2, 4), lowRank(11, 1));
    expect(config).toMatchObject({
      peft_type: "LORA",
      task_type: "CAUSAL_LM",
      base_model_name_or_path: "some/model",
      bias: "none",
      fan_in_fan_out: false,
      r: 4,
      lora_alpha: 4,
      use_rslora: false,
      rank_pattern: { "model.layers.1.mlp.down_proj": 2, "model.layers.11.mlp.down_proj": 1 },
      target_modules: [1, 2, 11].map((layer) => `model.layers.${layer}.mlp.down_proj`),
    });
    expect(config.alpha_pattern).toEqual(config.rank_pattern);
  });

  it("has no pattern where all ranks are one", () => {
    expect(configOf(lowRank(0, 2), lowRank(1, 2))).toMatchObject({
      r: 2,
      rank_pattern: {},
      alpha_pattern: {},
    });
  });

  it("sets several patches of one layer side by side", () => {
    const adapter = unwrap(peftAdapter(composeLowRanks([lowRank(1, 2), lowRank(1, 1)]), LLAMA, null));
    expect(adapter.targets).toEqual([{ module: "model.layers.1.mlp.down_proj", layer: 1, rank: 3 }]);
  });

  it("names every site of a family, and under a pattern down-projections alone", () => {
    const bindings = composeLowRanks([lowRank(1, 1, "gate")]);
    expect(unwrap(peftAdapter(bindings, LLAMA, null)).targets[0]!.module).toBe(
      "model.layers.1.mlp.gate_proj",
    );
    const refused = peftAdapter(bindings, modulesOfPattern("h.{layer}.fc2", false), null);
    expect(refused).toMatchObject({ ok: false, problem: { code: "unsupported_value" } });
  });
});

describe("findPeftModules", () => {
  const modulesOf = (graph: Parameters<typeof findDecoder>[0]) => {
    const architecture = describeArchitecture(unwrap(findDecoder(graph)));
    return unwrap(findPeftModules({ name: "model", architecture }));
  };

  it("knows this project's own decoders as GPT-2's kind", () => {
    const { patterns, fanInFanOut } = modulesOf(ownDecoder());
    expect([patterns.down, fanInFanOut]).toEqual(["transformer.h.{layer}.mlp.c_proj", true]);
  });

  it.skipIf(!haveSharedModels).each([
    ["tiny-gpt2", "transformer.h.{layer}.mlp.c_proj", true],
    ["tiny-qwen2", "model.layers.{layer}.mlp.down_proj", false],
    ["stories260k", "model.layers.{layer}.mlp.down_proj", false],
  ] as const)("knows %s", (model, down, fanInFanOut) => {
    expect(modulesOf(sharedGraph(model, "model.onnx"))).toMatchObject({ patterns: { down }, fanInFanOut });
  });

  it("asks for the names of a family it does not know", () => {
    const refused = findPeftModules({ name: "opt", architecture: "layer norm, learned positions, relu FFN" });
    expect(refused).toMatchObject({
      ok: false,
      problem: { code: "unsupported_value", param: "--module-pattern" },
    });
  });
});
