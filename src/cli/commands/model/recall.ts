import { z } from "zod";
import { WEIGHTS_FILE } from "../../../core/model/prepared-model.ts";
import { ok, type Result } from "../../../core/result.ts";
import type { BatchDecoder } from "../../../train/batch-decoder.ts";
import { WORLD_CONFIG } from "../../../train/config.ts";
import type { RecallShares } from "../../../train/recall.ts";
import {
  type ModelDirectory,
  readModelDirectory,
  resolveModelDirectory,
} from "../../../workshop/directories/model-directory.ts";
import { defineCommand } from "../../command.ts";
import { text } from "../../options.ts";
import { formatTable } from "../../table.ts";

const openDecoder = async ({ graph, weights, model }: ModelDirectory): Promise<Result<BatchDecoder>> => {
  const { readModel } = await import("../../../onnx/read-model.ts");
  const { removePatchInputs } = await import("../../../onnx/remove-patch-inputs.ts");
  const { openGraphDecoder } = await import("../../../train/batch-decoder.ts");
  const read = readModel(graph, (location) => (location === WEIGHTS_FILE ? weights : undefined));
  if (!read.ok) return read;
  const { layers, dims } = model;
  return openGraphDecoder(
    removePatchInputs(read.value),
    { layers, heads: dims.heads, width: dims.width },
    WORLD_CONFIG.threads,
  );
};

const percent = (share: number | null): string => (share === null ? "none" : `${(share * 100).toFixed(1)} %`);

const rowOf = ([name, { trained, heldOut }]: [string, RecallShares]) => [
  name,
  percent(trained),
  percent(heldOut),
];

/** `errata model recall`: what a model trained on the tables knows, by relation. */
export const modelRecallCommand = defineCommand({
  name: "model recall",
  summary:
    "ask a model every fact of the tables, in trained and in held-out phrasings, and held-out chains of two",
  details:
    "For `world` and other models that `errata train` made. Free-running greedy decoding with the cache; an answer " +
    "counts only if it is exact and ends where it should. A taught mistake counts where it is answered as taught.",
  arguments: [{ name: "model", syntax: "<model>", description: "a model's name or directory" }],
  options: [],
  examples: ["model recall world", "model recall world --json"],
  input: z.object({ model: text }),
  run: async ({ model: name }, context) => {
    const { measureRecall, recallProbes } = await import("../../../train/recall.ts");
    const { encoderFor } = await import("../../../train/tokenizer-file.ts");
    const { readWorldCorpus } = await import("../../../world/world-corpus.ts");
    const files = await readModelDirectory(await resolveModelDirectory(name, context));
    if (!files.ok) return files;
    const corpus = readWorldCorpus();
    if (!corpus.ok) return corpus;
    const decoder = await openDecoder(files.value);
    if (!decoder.ok) return decoder;
    const probes = recallProbes(corpus.value);
    context.progress.note(`asking ${probes.facts.length + probes.twoHops.length} prompts, a minute or more`);
    const report = await measureRecall(
      decoder.value,
      encoderFor(new TextDecoder().decode(files.value.tokenizer)),
      probes,
    );
    await decoder.value.release();
    const rows = [
      ["all", percent(report.trained), percent(report.heldOut)],
      ...Object.entries(report.byRelation).map(rowOf),
    ];
    const table = formatTable(["RELATION", "TRAINED", "HELD OUT"], rows, context.terminal.style.faint);
    return ok({
      document: report,
      text: `${table}\n\nHeld-out chains of two facts: ${percent(report.twoHop)}`,
    });
  },
});
