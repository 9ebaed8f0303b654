import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { evenlySpaced } from "../../core/evenly-spaced.ts";
import { modelDigest } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import {
  type CorpusText,
  parseCorpus,
  type StatisticsCorpus,
  statisticsCorpus,
} from "../../edit/statistics/corpus.ts";
import { promptOf } from "../../world/facts/facts.ts";
import { readWorldCorpus } from "../../world/files/world-corpus.ts";
import { DEFAULT_MODEL } from "../defaults.ts";
import { readBytes, readBytesIfPresent } from "../directories/files.ts";
import { type ModelDirectory, PROBES_FILE, readModelDescription } from "../directories/model-directory.ts";

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

/** Reads a corpus. Errors: `file_not_found`; those of `parseCorpus`. */
export const readCorpusFile = async (path: string): Promise<Result<StatisticsCorpus>> => {
  const bytes = await readBytes(path, "a corpus, a text or a JSON object a line");
  return bytes.ok ? parseCorpus(new TextDecoder().decode(bytes.value), path) : bytes;
};

/** Keeps texts as what a model's statistics are taken over from now on. */
export const keepCorpus = async (
  { directory }: Pick<ModelDirectory, "directory">,
  texts: readonly CorpusText[],
): Promise<void> => {
  const path = join(directory, CORPUS_FILE);
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, texts.map((text) => `${JSON.stringify(text)}\n`).join(""));
};

/** The default model as it comes with the code, and with the tables of what it was trained on. */
const DEFAULT_MODEL_DIRECTORY = join(import.meta.dirname, "..", "..", "..", "models", DEFAULT_MODEL);

/** Whether a model is the default one, under whatever name and wherever it lies. */
const isDefaultModel = async ({ digest }: Pick<ModelDirectory, "digest">): Promise<boolean> => {
  const own = await readModelDescription(DEFAULT_MODEL_DIRECTORY);
  return own.ok && (await modelDigest(own.value)) === digest;
};

/**
 * The texts to gather a model's states over: the model's own `stats/corpus.jsonl`; else, for the default model, ten
 * thousand of the sentences it was trained on, made from the project's tables; else its probe prompts.
 *
 * Errors: `file_not_found` where there is none of these; those of `parseCorpus`.
 */
export const openCorpus = async ({
  directory,
  model,
  digest,
}: Pick<ModelDirectory, "directory" | "model" | "digest">): Promise<Result<StatisticsCorpus>> => {
  const own = join(directory, CORPUS_FILE);
  if ((await readBytesIfPresent(own)) !== null) return readCorpusFile(own);
  if (await isDefaultModel({ digest })) {
    const sentences = trainedSentences();
    return sentences.ok ? ok(await statisticsCorpus(sentences.value)) : sentences;
  }
  const probes = join(directory, PROBES_FILE);
  if ((await readBytesIfPresent(probes)) !== null) return readCorpusFile(probes);
  const message =
    `${model.name} has no texts to take statistics over: neither ${CORPUS_FILE} nor ${PROBES_FILE} in ${directory}. ` +
    `Let it write its own, or give it some: errata model texts ${directory}`;
  return fail(problem("file_not_found", message, { param: CORPUS_FILE }));
};
