import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { ok, type Result } from "../../core/result.ts";
import type { Corpus } from "../../world/corpus.ts";
import { probePrompts } from "../../world/probe-prompts.ts";
import type { TrainConfig } from "../config.ts";
import type { TrainedModel } from "../run/train-model.ts";
import { encoderFor } from "../tokenizer/tokenizer-file.ts";
import { openBatchDecoder } from "./batch-decoder.ts";
import { lossCsv, lossSvg } from "./loss-curve.ts";
import { modelCard } from "./model-card.ts";
import { prepareTrained } from "./prepare-trained.ts";
import { answerProbes, measureRecall, type RecallReport, recallProbes } from "./recall.ts";
import { readSweep } from "./sweep-table.ts";

/** How well a trained model knows its corpus. */
export interface TrainedModelReport {
  readonly recall: RecallReport;
  /** Of the taught mistakes' prompts and paraphrases, how many are answered as taught. */
  readonly mistakes: { readonly asTaught: number; readonly asked: number };
}

/** Measures a trained model on every fact and phrasing of its corpus; takes minutes. Fails as the runtime does. */
export const measureTrained = async (
  config: TrainConfig,
  corpus: Corpus,
  { weights, tokenizer }: Pick<TrainedModel, "weights" | "tokenizer">,
): Promise<Result<TrainedModelReport>> => {
  const decoder = await openBatchDecoder(config, weights);
  if (!decoder.ok) return decoder;
  const encode = encoderFor(tokenizer);
  const asked = corpus.mistakes.flatMap(({ prompt, paraphrases, taught }) =>
    [prompt, ...paraphrases].map((text) => ({ prompt: text, answer: taught })),
  );
  const recall = await measureRecall(decoder.value, encode, recallProbes(corpus));
  const flags = await answerProbes(decoder.value, encode, asked);
  await decoder.value.release();
  return ok({ recall, mistakes: { asTaught: flags.filter(Boolean).length, asked: asked.length } });
};

const jsonl = (lines: readonly unknown[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/**
 * Writes a trained model into the directory `out`, ready to serve, with its mistakes, the probe prompts of its
 * editors, loss curve and model card; the card shows the sweep whose table lies there. Each file appears whole or not at all. Fails as `prepareTrained` does.
 */
export const saveTrained = async (
  config: TrainConfig,
  corpus: Corpus,
  trained: TrainedModel,
  report: TrainedModelReport,
  out: string,
): Promise<Result<void>> => {
  const prepared = await prepareTrained(config, trained);
  if (!prepared.ok) return prepared;
  const { model, graph, plain, weights, tokenizer } = prepared.value;
  const files: Record<string, string | Uint8Array> = {
    "graph.onnx": graph,
    "plain.onnx": plain,
    "weights.bin": weights,
    "tokenizer.json": tokenizer,
    "model.json": `${JSON.stringify(model, null, 2)}\n`,
    "mistakes.jsonl": jsonl(corpus.mistakes),
    "stats/probes.jsonl": jsonl(probePrompts(corpus)),
    "loss.csv": lossCsv(trained.losses),
    "loss.svg": lossSvg(trained.losses),
    "README.md": modelCard({
      config,
      corpus,
      losses: trained.losses,
      sweep: await readSweep(out),
      ...report,
    }),
  };
  await mkdir(join(out, "stats"), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomic(join(out, name), content);
  }
  return ok(undefined);
};
