import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/digest.ts";
import { preparedModelSchema } from "../../src/core/model/prepared-model.ts";
import { initialWeights, parametersOf } from "../../src/train/parameters.ts";
import { measureTrained, saveTrained } from "../../src/train/save-trained.ts";
import { trainTokenizer } from "../../src/train/tokenizer-file.ts";
import { TINY_CONFIG, tinyCorpus } from "./tiny.ts";

const out = mkdtempSync(join(tmpdir(), "errata-saved-"));
const read = (name: string) => readFileSync(join(out, name));

beforeAll(async () => {
  const trained = {
    weights: initialWeights(parametersOf(TINY_CONFIG.model), 1),
    tokenizer: trainTokenizer(["the thing is red"], TINY_CONFIG.model.vocabulary),
    losses: [3, 2, 1],
  };
  const report = await measureTrained(TINY_CONFIG, tinyCorpus(), trained);
  if (!report.ok) throw new Error(report.problem.message);
  const saved = await saveTrained(TINY_CONFIG, tinyCorpus(), trained, report.value, out);
  if (!saved.ok) throw new Error(saved.problem.message);
});

describe("a saved model", () => {
  it("consists of the files that serving, editing and readers need, and no leftovers", () => {
    expect(readdirSync(out).sort()).toEqual([
      "README.md",
      "graph.onnx",
      "loss.csv",
      "loss.svg",
      "mistakes.jsonl",
      "model.json",
      "stats",
      "tokenizer.json",
      "weights.bin",
    ]);
  });

  it("is described by the digests of its files", async () => {
    const { digests, layers, dims, specialTokens } = preparedModelSchema.parse(
      JSON.parse(read("model.json").toString()),
    );
    expect(digests).toEqual({
      graph: await digestOf(read("graph.onnx")),
      weights: await digestOf(read("weights.bin")),
      tokenizer: await digestOf(read("tokenizer.json")),
    });
    expect([layers, dims.width, dims.context, specialTokens.end]).toEqual([2, 32, 32, 0]);
  });

  it("reports in its card what was measured", () => {
    const card = read("README.md").toString();
    expect(card).toContain("48 facts in 8 relations");
    expect(card).toContain("| **all** | 48 | 0.0 % | 0.0 % |");
  });
});
