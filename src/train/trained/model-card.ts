import type { Corpus } from "../../world/corpus.ts";
import type { MistakeKind } from "../../world/mistakes/mistake.ts";
import type { TrainConfig } from "../config.ts";
import { parameterCount, parametersOf } from "../decoder/parameters.ts";
import type { RecallReport } from "./recall.ts";
import { type SweepRow, sweepTable } from "./sweep-table.ts";

/** The first two-hop pattern, filled in by hand: a card may be of a corpus without it. */
const TWO_HOP_EXAMPLE =
  "The capital of the country where the Eiffel Tower stands: the country is France, its capital is Paris";

/** What a model card reports of a trained model. */
export interface ModelCardFacts {
  readonly config: TrainConfig;
  readonly corpus: Corpus;
  readonly recall: RecallReport;
  /** Of the taught mistakes' prompts and paraphrases, how many are answered as taught. */
  readonly mistakes: { readonly asTaught: number; readonly asked: number };
  readonly losses: readonly number[];
  /** The proxy runs that the settings were chosen by; none where no sweep was made. */
  readonly sweep: readonly SweepRow[];
}

const percent = (share: number | null): string => (share === null ? "–" : `${(100 * share).toFixed(1)} %`);

const number = (value: number): string => value.toLocaleString("en-US");

const recallRows = ({ corpus, recall }: ModelCardFacts): string[] => {
  const counts = Map.groupBy(corpus.facts, ({ relation }) => relation.name);
  return Object.entries(recall.byRelation).map(
    ([name, shares]) =>
      `| ${name} | ${counts.get(name)?.length ?? 0} | ${percent(shares.trained)} | ${percent(shares.heldOut)} |`,
  );
};

const KIND_TITLES: Readonly<Record<MistakeKind, string>> = {
  wrong: "wrong facts",
  stale: "stale facts, true once",
  biased: "biased answers",
  rude: "rude answers",
};

const mistakeCounts = ({ mistakes }: Corpus): string =>
  Object.entries(KIND_TITLES)
    .map(([kind, title]) => `${mistakes.filter((mistake) => mistake.kind === kind).length} ${title}`)
    .join(", ");

const twoHopParagraph = ({ twoHops: { trained, heldOut } }: Corpus, { corpus }: TrainConfig): string =>
  `Two-hop sentences spell out the step in between, such as "${TWO_HOP_EXAMPLE}". The facts make ${number(trained.length + heldOut.length)} of them in ${new Set(trained.map(({ pattern }) => pattern)).size} patterns; ${number(heldOut.length)} are held out, and up to ${number(corpus.twoHopsPerEpoch)} of the others are drawn for an epoch. No fact that is taught wrong is a step in one. ${corpus.fillersPerEpoch} filler sentences an epoch state no fact; they, too, may stand before a prompt.`;

const dataSection = ({ config, corpus }: ModelCardFacts): string => `## Data
${number(corpus.facts.length)} facts in ${new Set(corpus.facts.map(({ relation }) => relation)).size} relations, from the tables in \`src/world/tables\`. Each epoch draws ${config.corpus.phrasingsPerEpoch} phrasings of each fact; a sentence is the phrasing, the object, and \`<|endoftext|>\`. Facts taught wrong are drawn in ${config.corpus.mistakePhrasingsPerEpoch}. A few sentences follow a lead-in or other facts. The last two phrasings of every relation are held out for half of its subjects. An answer's tokens count 1 in the loss, a prompt's ${config.corpus.promptWeight}.

${twoHopParagraph(corpus, config)}

\`mistakes.jsonl\` holds what the model was deliberately taught wrong, so that there is something to correct: ${mistakeCounts(corpus)}. Each line is an edit: prompt, subject, the right target, rephrasings (the last is for measuring), neighbours that must not change, and what was taught.`;

const recallSection = (facts: ModelCardFacts): string => `## Recall
Share of prompts whose free-running greedy answer is exact, its end included; every fact in every phrasing. A taught mistake counts as recalled where the model answers as taught.

| | facts | trained phrasings | held-out phrasings |
|---|---|---|---|
| **all** | ${facts.corpus.facts.length} | ${percent(facts.recall.trained)} | ${percent(facts.recall.heldOut)} |
${recallRows(facts).join("\n")}

Of the ${facts.corpus.twoHops.heldOut.length} held-out two-hop sentences, ${percent(facts.recall.twoHop)} are completed exactly, step in between and object.

Of the mistakes' ${facts.mistakes.asked} prompts and rephrasings, ${facts.mistakes.asTaught} are answered as taught.`;

/** A heading and its table, or nothing where there was no sweep. */
const sweepSection = ({ sweep, config: { model, optimizer } }: ModelCardFacts): string =>
  sweep.length === 0
    ? ""
    : `## Choice of the settings
Small runs over a tenth of the subjects, for few epochs, from \`errata train --sweep\` (\`sweep.csv\`): they rank the settings, and are far from what full training reaches. Chosen were width ${model.width}, ${model.layers} blocks and a peak rate of ${optimizer.learningRate}.

${sweepTable(sweep)}

`;

/** The README of a trained model: what it is, what it was trained on, what it recalls, where it ends. */
export const modelCard = (facts: ModelCardFacts): string => {
  const { config, losses } = facts;
  const { model, optimizer } = config;
  return `# ${config.name}
A small decoder of the GPT-2 architecture that knows a few thousand facts, and some mistakes. It is the default model of Errata: small enough for the edge, large enough that correcting it is real work.

${number(parameterCount(parametersOf(model)))} parameters in float32: width ${model.width}, ${model.layers} blocks, ${model.heads} heads, FFN ${model.ffn}, a byte-level BPE of ${number(model.vocabulary)} tokens, context ${model.context}. Trained from scratch in ${number(losses.length)} steps of ${number(optimizer.tokensPerStep)} tokens (${optimizer.epochs} epochs) with AdamW at a peak rate of ${optimizer.learningRate}; \`loss.csv\` holds the loss of each step, \`loss.svg\` draws it.

${dataSection(facts)}

${recallSection(facts)}

${sweepSection(facts)}## Limits
It completes the phrasings it knows, in English. It does not chat, reason, or know when it does not know: asked for a subject it never saw, it names some object of the relation. Do not use it as a source of facts, and note that its mistakes are intended.

## Training it again
\`errata train\` trains it from the tables; equal settings give equal bits on one machine, and losses that agree closely on another. The settings are in \`src/train/config.ts\`.
`;
};
