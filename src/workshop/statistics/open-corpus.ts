import { join, resolve } from "node:path";
import { evenlySpaced } from "../../core/evenly-spaced.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import {
  type CorpusText,
  parseCorpus,
  type StatisticsCorpus,
  statisticsCorpus,
} from "../../edit/statistics/corpus.ts";
import { WORLD_CONFIG } from "../../train/config.ts";
import { promptOf } from "../../world/facts/facts.ts";
import { readWorldCorpus } from "../../world/files/world-corpus.ts";
import { readBytes, readBytesIfPresent } from "../directories/files.ts";
import { type ModelDirectory, PROBES_FILE } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Where a model may keep a corpus of its own; publisher's side only. */
export const CORPUS_FILE = join("stats", "corpus.jsonl");

/**
 * Sentences drawn from the training corpus: each fact in one phrasing or two, ten times the directions of an FFN of
 * 1,024 units. All 74,708 take minutes and tell little more.
 */
const TRAINED_SENTENCES = 10_000;

/** An even sample of the sentences of one fact or of a chain of two that the default model was trained on. */
const trainedSentences = (): Result<readonly CorpusText[]> => {
  const corpus = readWorldCorpus();
  if (!corpus.ok) return corpus;
  const { facts, holdOut, twoHops } = corpus.value;
  const sentences = [
    ...facts.flatMap((fact) =>
      holdOut.trained(fact).map((phrasing) => ({
        prompt: promptOf(fact, phrasing),
        answer: ` ${fact.object}`,
      })),
    ),
    ...twoHops.trained.map(({ prompt, answer }) => ({ prompt, answer: ` ${answer}` })),
  ];
  return ok(evenlySpaced(sentences, TRAINED_SENTENCES));
};

const fromFile = async (path: string): Promise<Result<StatisticsCorpus>> => {
  const bytes = await readBytes(path, "a corpus, a text or a JSON object a line");
  return bytes.ok ? parseCorpus(new TextDecoder().decode(bytes.value), path) : bytes;
};

/**
 * The texts to gather a model's states over: the file given; else the model's own `stats/corpus.jsonl`; else, for the
 * default model, ten thousand of the sentences it was trained on, made from the project's tables; else its probe prompts.
 *
 * Errors: `file_not_found` where there is none of these; those of `parseCorpus`.
 */
export const openCorpus = async (
  file: string | undefined,
  { directory, model }: Pick<ModelDirectory, "directory" | "model">,
  context: Pick<WorkshopContext, "workingDirectory">,
): Promise<Result<StatisticsCorpus>> => {
  if (file !== undefined) return fromFile(resolve(context.workingDirectory, file));
  const own = join(directory, CORPUS_FILE);
  if ((await readBytesIfPresent(own)) !== null) return fromFile(own);
  if (model.name === WORLD_CONFIG.name) {
    const sentences = trainedSentences();
    return sentences.ok ? ok(await statisticsCorpus(sentences.value)) : sentences;
  }
  const probes = join(directory, PROBES_FILE);
  if ((await readBytesIfPresent(probes)) !== null) return fromFile(probes);
  const message =
    `${model.name} has no texts to take statistics over: neither ${CORPUS_FILE} nor ${PROBES_FILE} in ${directory}. ` +
    "Give a text file or JSON lines with --corpus.";
  return fail(problem("file_not_found", message, { param: "--corpus" }));
};
