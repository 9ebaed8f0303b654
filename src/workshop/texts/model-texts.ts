import { join, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { hooksAt } from "../../core/model/find-hook.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { type ProbePrompt, parseProbes } from "../../edit/probes/probes.ts";
import { type CorpusText, parseCorpus, statisticsCorpus } from "../../edit/statistics/corpus.ts";
import { CUTS_OF_A_TEXT, cutTexts, probesOfTexts } from "../../edit/texts/cut-texts.ts";
import { writeTexts } from "../../edit/texts/write-texts.ts";
import type { Engine } from "../../engine/engine.ts";
import { readBytes } from "../directories/files.ts";
import { type ModelDirectory, PROBES_FILE, readNamedModel } from "../directories/model-directory.ts";
import { readGraphOf } from "../directories/model-parts.ts";
import { calibrateModel } from "../models/calibrate-model.ts";
import { openModel } from "../models/open-model.ts";
import { openMomentStore } from "../statistics/moment-store.ts";
import { keepCorpus, readCorpusFile } from "../statistics/open-corpus.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Where a model's texts come from. */
export interface TextOptions {
  /** A file of texts for statistics; where it is left out the model writes them. */
  readonly corpus?: string | undefined;
  /** A file of probe prompts, or of texts to make them of; where it is left out they are cut from the texts. */
  readonly probes?: string | undefined;
  /** Of what the model writes. */
  readonly seed: number;
}

/** What a model's statistics and side effects are measured on from now on. */
export interface ModelTexts {
  /** Texts the model wrote; 0 where they were given. */
  readonly written: number;
  /** Prompts, each with what follows it, that statistics are taken over. */
  readonly corpus: number;
  readonly probes: number;
  /** Of the second moments of the blocks that take low-rank patches, the least rank, and their size; null for none. */
  readonly rank: { readonly least: number; readonly full: number } | null;
}

/** Most probe prompts: as many as an edit asks within seconds. */
const MOST_PROBES = 1000;

/** Fewest texts that a model writes, and most. */
const LEAST_TEXTS = 120;
const MOST_TEXTS = 1200;

/** How many states there should be for each direction that they must span. */
const STATES_PER_DIRECTION = 1.5;

/** The texts of a corpus file: prompts as they are, whole texts cut. */
const corpusOf = async (path: string): Promise<Result<readonly CorpusText[]>> => {
  const corpus = await readCorpusFile(path);
  if (!corpus.ok) return corpus;
  return ok(
    corpus.value.texts.flatMap((entry) => (entry.answer === "" ? cutTexts([entry.prompt]) : [entry])),
  );
};

const wholeTexts = (texts: readonly CorpusText[]): readonly string[] =>
  texts.map(({ prompt, answer }) => prompt + answer);

/** The probes of a file: as a model keeps them, or made of its texts. */
const probesOf = async (path: string): Promise<Result<readonly ProbePrompt[]>> => {
  const bytes = await readBytes(path, "probe prompts or texts, one a line");
  if (!bytes.ok) return bytes;
  const text = new TextDecoder().decode(bytes.value);
  if (/^\s*\{[^\n]*"relation"/.test(text)) return parseProbes(text, path);
  const texts = await parseCorpus(text, path);
  if (!texts.ok) return texts;
  const prompts = texts.value.texts.filter(({ answer }) => answer === "");
  return ok(probesOfTexts(wholeTexts(prompts.length > 0 ? prompts : texts.value.texts), MOST_PROBES));
};

/** Share of the context that a probe may take: its answer needs room too. */
const PROBE_SHARE = 0.75;

const leavesRoom =
  ({ tokenizer, model }: Engine) =>
  ({ prompt }: ProbePrompt): boolean =>
    tokenizer.encode(prompt).length <= PROBE_SHARE * model.dims.context;

const keepProbes = ({ directory }: ModelDirectory, probes: readonly ProbePrompt[]): Promise<void> =>
  writeFileAtomic(join(directory, PROBES_FILE), probes.map((probe) => `${JSON.stringify(probe)}\n`).join(""));

/** The least rank over the blocks that take low-rank patches, from moments that editing then finds on the disk. */
const rankOf = async (
  files: ModelDirectory,
  engine: Engine,
  corpus: readonly CorpusText[],
  { progress, signal, now }: WorkshopContext,
): Promise<Result<ModelTexts["rank"]>> => {
  const layers = hooksAt(files.model, { kind: "low-rank", site: "down" }).map(({ layer }) => layer);
  if (layers.length === 0) return ok(null);
  const graph = readGraphOf(files);
  if (!graph.ok) return graph;
  const texts = await statisticsCorpus(corpus);
  const store = openMomentStore({
    ...{ files, graph: graph.value, tokenizer: engine.tokenizer },
    ...{ corpus: async () => ok(texts), onProgress: progress.step, signal, now },
  });
  const moments = await store.load(layers, "last-prompt");
  if (!moments.ok) return moments;
  return ok({ least: Math.min(...moments.value.map(({ rank }) => rank)), full: files.model.dims.ffn });
};

interface Written {
  readonly texts: readonly string[];
  readonly corpus: readonly CorpusText[];
  readonly rank: ModelTexts["rank"];
}

/** Lets the model write until its states span what they can, half as much again each time. */
const write = async (
  files: ModelDirectory,
  engine: Engine,
  seed: number,
  context: WorkshopContext,
): Promise<Result<Written>> => {
  const states = files.model.dims.ffn * STATES_PER_DIRECTION;
  let wanted = Math.min(MOST_TEXTS, Math.max(LEAST_TEXTS, Math.ceil(states / CUTS_OF_A_TEXT)));
  const { progress, signal } = context;
  const texts: string[] = [];
  for (let first = 0; ; first = wanted, wanted = Math.ceil(1.5 * wanted)) {
    const more = await writeTexts({
      engine,
      first,
      count: wanted - first,
      seed,
      onProgress: progress.step,
      signal,
    });
    if (!more.ok) return more;
    texts.push(...more.value);
    const corpus = cutTexts(texts);
    const rank = await rankOf(files, engine, corpus, context);
    if (!rank.ok) return rank;
    const full = rank.value === null || rank.value.least >= rank.value.full;
    if (full || 1.5 * wanted > MOST_TEXTS) return ok({ texts, corpus, rank: rank.value });
  }
};

/**
 * Gives a model the texts that editing needs, under `stats/` of its directory, in the place of those that were there:
 * its statistics' corpus and its probe prompts, from files or written by the model itself. They change no answer and no
 * digest, and never reach the edge.
 *
 * Errors: `file_not_found`; `invalid_request` naming the lines of a file that fit no form; `too_few_samples` where a
 * model writes nothing; those of `openModel` and `collectSecondMoments`.
 */
export const giveModelTexts = async (
  files: ModelDirectory,
  { corpus: corpusFile, probes: probesFile, seed }: TextOptions,
  context: WorkshopContext,
): Promise<Result<ModelTexts>> => {
  const path = (file: string) => resolve(context.workingDirectory, file);
  const givenProbes = probesFile === undefined ? null : await probesOf(path(probesFile));
  if (givenProbes && !givenProbes.ok) return givenProbes;
  const given = corpusFile === undefined ? null : await corpusOf(path(corpusFile));
  if (given && !given.ok) return given;
  const opened = await openModel(files, context);
  if (!opened.ok) return opened;
  const { engine } = opened.value;
  try {
    const made = given
      ? await readGiven(files, engine, given.value, context)
      : await write(files, engine, seed, context);
    if (!made.ok) return made;
    const { texts, corpus, rank } = made.value;
    const probes = (givenProbes?.value ?? probesOfTexts(texts, MOST_PROBES)).filter(leavesRoom(engine));
    if (corpus.length === 0 || probes.length === 0)
      return fail(
        problem(
          "too_few_samples",
          `${files.model.name} writes no text by itself. Give texts of what it was trained on with --corpus.`,
          { param: "--corpus" },
        ),
      );
    await keepCorpus(files, corpus);
    await keepProbes(files, probes);
    return ok({ written: given ? 0 : texts.length, corpus: corpus.length, probes: probes.length, rank });
  } finally {
    await engine.release();
  }
};

/** Measures a codebook's distances on the new probes. */
const calibrateIfHooked = async (
  { directory, model }: ModelDirectory,
  context: WorkshopContext,
): Promise<Result<unknown>> =>
  hooksAt(model, { kind: "codebook" }).length === 0 ? ok(null) : calibrateModel(directory, false, context);

const readGiven = async (
  files: ModelDirectory,
  engine: Engine,
  corpus: readonly CorpusText[],
  context: WorkshopContext,
): Promise<Result<Written>> => {
  const rank = await rankOf(files, engine, corpus, context);
  return rank.ok ? ok({ texts: wholeTexts(corpus), corpus, rank: rank.value }) : rank;
};

/** The same for a model by its name or directory, calibrated on its probes. Errors: also those of `readNamedModel`. */
export const giveTexts = async (
  model: string,
  options: TextOptions,
  context: WorkshopContext,
): Promise<Result<ModelTexts>> => {
  const files = await readNamedModel(model, context);
  if (!files.ok) return files;
  const texts = await giveModelTexts(files.value, options, context);
  if (!texts.ok) return texts;
  const calibrated = await calibrateIfHooked(files.value, context);
  return calibrated.ok ? texts : calibrated;
};
