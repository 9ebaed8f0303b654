import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "../../../src/core/digest.ts";
import { preparedModelSchema } from "../../../src/core/model/prepared-model.ts";
import { initialWeights, parametersOf } from "../../../src/train/decoder/parameters.ts";
import { trainTokenizer } from "../../../src/train/tokenizer/tokenizer-file.ts";
import { measureTrained, saveTrained } from "../../../src/train/trained/save-trained.ts";
import { type SweepRow, sweepCsv } from "../../../src/train/trained/sweep-table.ts";
import { TINY_CONFIG, tinyCorpus } from "../support/tiny.ts";

const out = mkdtempSync(join(tmpdir(), "errata-saved-"));
/** One run of the sweep that the card is to show. */
const SWEPT: SweepRow = {
  ...{ width: 32, layers: 2, heads: 2, ffn: 64, learningRate: 0.005, parameters: 31_000 },
  ...{ steps: 40, loss: 2.5, trained: 0.5, heldOut: 0.25, twoHop: 0.125 },
};

const read = (name: string) => readFileSync(join(out, name));

beforeAll(async () => {
  const trained = {
    weights: initialWeights(parametersOf(TINY_CONFIG.model), 1),
    tokenizer: trainTokenizer(["the thing is red"], TINY_CONFIG.model.vocabulary),
    losses: [3, 2, 1],
  };
  const report = await measureTrained(TINY_CONFIG, tinyCorpus(), trained);
  if (!report.ok) throw new Error(report.problem.message);
  writeFileSync(join(out, "sweep.csv"), sweepCsv([SWEPT]));
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
      "plain.onnx",
      "stats",
      "sweep.csv",
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
      plain: await digestOf(read("plain.onnx")),
      weights: await digestOf(read("weights.bin")),
      tokenizer: await digestOf(read("tokenizer.json")),
    });
    expect([layers, dims.width, dims.context, specialTokens.end]).toEqual([2, 32, 32, 0]);
  });

  it("reports in its card what was measured", () => {
    const card = read("README.md").toString();
    expect(card).toContain("48 facts in 8 relations");
    expect(card).toContain("| **all** | 48 | 0.0 % | 0.0 % |");
    expect(card).toContain("Of the 0 held-out two-hop sentences, – are completed exactly");
  });

  it("shows in its card the sweep that lies beside it", () => {
    const card = read("README.md").toString();
    expect(card).toContain("| 32 | 2 | 0.005 | 31,000 | 2.500 | 50.0 % | 25.0 % | 12.5 % |");
    expect(card).toContain("Chosen were width 32, 2 blocks and a peak rate of 0.005.");
  });
});
