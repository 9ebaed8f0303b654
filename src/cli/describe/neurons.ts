import { counted } from "../../core/counted.ts";
import { hooksAt } from "../../core/model/find-hook.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import type { KnowledgeNeuron } from "../../edit/kn/knowledge-neurons.ts";
import { knSettings } from "../../edit/kn/settings.ts";
import { formatTable } from "../table.ts";

/** Of which fact neurons were asked for. */
export interface DescribedFact {
  /** The answer's first token. */
  readonly answer: string;
  readonly phrasings: number;
}

const takesPatches = (model: PreparedModel, layer: number): boolean =>
  hooksAt(model, { kind: "low-rank", site: "down", layer }).length > 0;

/** Knowledge neurons for people: what they are, a table of them, and which of them no patch can move. */
export const describeNeurons = (
  neurons: readonly KnowledgeNeuron[],
  { answer, phrasings }: DescribedFact,
  model: PreparedModel,
): string => {
  const { threshold, share } = knSettings;
  const rule = `above ${threshold.default} of the largest attribution in more than ${share.default} of ${counted(phrasings, "phrasing")}`;
  if (neurons.length === 0) return `No FFN unit carries "${answer}": none is ${rule}.`;
  const heading = `Knowledge neurons: ${counted(neurons.length, "FFN unit")} at the last prompt token that carry "${answer}", ${rule}. The attribution is the probability that a unit brings, by integrated gradients.`;
  const table = formatTable(
    ["BLOCK", "UNIT", "ATTRIBUTION"],
    neurons.map(({ block, unit, attribution }) => [String(block), String(unit), attribution.toFixed(4)]),
  );
  const unreached = [...new Set(neurons.map(({ block }) => block))].filter(
    (block) => !takesPatches(model, block),
  );
  const limits =
    unreached.length > 0
      ? [
          `No patch moves units of block ${unreached.sort((a, b) => a - b).join(", ")}: ${model.name} has no low-rank hook on the down-projection there.`,
        ]
      : [];
  return [heading, table, ...limits].join("\n\n");
};
