import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { floatsOf } from "../../src/onnx/graph.ts";
import { readModel } from "../../src/onnx/read-model.ts";
import { WORLD_CONFIG } from "../../src/train/config.ts";
import { parameterCount, parametersOf, viewOf } from "../../src/train/decoder/parameters.ts";
import { encoderFor, trainTokenizer } from "../../src/train/tokenizer/tokenizer-file.ts";
import { type BatchDecoder, openBatchDecoder } from "../../src/train/trained/batch-decoder.ts";
import { answerProbes, measureRecall, recallProbes } from "../../src/train/trained/recall.ts";
import { trainedTexts } from "../../src/world/corpus.ts";
import { readWorldCorpus } from "../../src/world/files/world-corpus.ts";

const directory = join(import.meta.dirname, "../../models/world");
const read = (name: string) => readFileSync(join(directory, name));

/** Every this many of the corpus's prompts are asked: about 1,600, so a share is known to a percent. */
const STRIDE = 51;

/** The same for the 599 held-out chains. */
const CHAIN_STRIDE = 3;

const loaded = readWorldCorpus(WORLD_CONFIG.seed);
if (!loaded.ok) throw new Error(loaded.problem.message);
const corpus = loaded.value;
const encode = encoderFor(read("tokenizer.json").toString());

let decoder: BatchDecoder;

/** The committed weights, as the graph that is served holds them. */
const committedWeights = (): Float32Array => {
  const graph = readModel(read("graph.onnx"), (name) => read(name));
  if (!graph.ok) throw new Error(graph.problem.message);
  const parameters = parametersOf(WORLD_CONFIG.model);
  const weights = new Float32Array(parameterCount(parameters));
  for (const parameter of parameters)
    viewOf(weights, parameter).set(floatsOf(graph.value.initializers.get(parameter.name)!));
  return weights;
};

beforeAll(async () => {
  const opened = await openBatchDecoder(WORLD_CONFIG, committedWeights());
  if (!opened.ok) throw new Error(opened.problem.message);
  decoder = opened.value;
});

afterAll(() => decoder.release());

describe("the committed default model", () => {
  it("recalls 97 % of its facts as trained, 90 % in phrasings and 60 % of chains it never saw", async () => {
    const { facts, twoHops } = recallProbes(corpus);
    const recall = await measureRecall(decoder, encode, {
      facts: facts.filter((_, i) => i % STRIDE === 0),
      twoHops: twoHops.filter((_, i) => i % CHAIN_STRIDE === 0),
    });
    expect(recall.trained!).toBeGreaterThanOrEqual(0.97);
    expect(recall.heldOut!).toBeGreaterThanOrEqual(0.9);
    expect(recall.twoHop!).toBeGreaterThanOrEqual(0.6);
  });

  it("makes every documented mistake as taught", async () => {
    const asked = corpus.mistakes.map(({ prompt, taught }) => ({ prompt, answer: taught }));
    const answered = await answerProbes(decoder, encode, asked);
    expect(asked.filter((_, i) => !answered[i])).toEqual([]);
  });

  it("has the tokenizer that its corpus gives", () => {
    const tokenizer = trainTokenizer(trainedTexts(corpus), WORLD_CONFIG.model.vocabulary);
    expect(read("tokenizer.json").toString()).toBe(tokenizer);
  });

  it("has weights below 32 MB", () => {
    expect(read("weights.bin").byteLength).toBeLessThan(32 * 2 ** 20);
  });
});
