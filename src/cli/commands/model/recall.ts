import { z } from "zod";
import { ok } from "../../../core/result.ts";
import { percent } from "../../../plot/numbers.ts";
import type { RecallShares } from "../../../train/trained/recall.ts";
import { defineCommand } from "../../command.ts";
import { text } from "../../options.ts";
import { formatTable } from "../../table.ts";

const percentIfAsked = (share: number | null): string => (share === null ? "none" : percent(share));

const rowOf = ([name, { trained, heldOut }]: [string, RecallShares]) => [
  name,
  percentIfAsked(trained),
  percentIfAsked(heldOut),
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
  run: async ({ model }, context) => {
    const { measureModelRecall } = await import("../../../workshop/models/measure-recall.ts");
    const measured = await measureModelRecall(model, context);
    if (!measured.ok) return measured;
    const report = measured.value;
    const rows = [
      ["all", percentIfAsked(report.trained), percentIfAsked(report.heldOut)],
      ...Object.entries(report.byRelation).map(rowOf),
    ];
    const table = formatTable(["RELATION", "TRAINED", "HELD OUT"], rows, context.terminal.style.faint);
    return ok({
      document: report,
      text: `${table}\n\nHeld-out chains of two facts: ${percentIfAsked(report.twoHop)}`,
    });
  },
});
