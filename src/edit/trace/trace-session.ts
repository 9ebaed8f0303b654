import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { concatenate } from "../../core/tensor/concatenate.ts";
import { floatsOf, type Graph } from "../../onnx/graph.ts";
import { GraphBuilder } from "../../onnx/graph-builder.ts";
import { GraphIndex } from "../../onnx/graph-index.ts";
import { batchFeeds } from "../../onnx/model-feeds.ts";
import {
  type Feeds,
  floatTensor,
  integerTensor,
  type OfflineSession,
  openOfflineSession,
} from "../../onnx/offline-session.ts";
import { openDecoder } from "../../onnx/open-decoder.ts";
import type { DecoderStructure } from "../../onnx/structure/decoder-structure.ts";
import { interceptTensor } from "../../onnx/surgery/intercept-tensor.ts";
import { overrideTensor } from "../../onnx/surgery/override-tensor.ts";
import { pruneGraph } from "../../onnx/surgery/prune-graph.ts";

/** What can be restored at a token and a block: its output, or what its FFN or its attention adds to the stream. */
export const TRACE_SITES = ["residual", "ffn", "attention"] as const;

/** One of `TRACE_SITES`. */
export type TraceSite = (typeof TRACE_SITES)[number];

/** States of the clean run to put into a corrupted one, at every one of the positions and blocks. */
export interface Restoration {
  readonly site: TraceSite;
  readonly positions: readonly number[];
  readonly blocks: readonly number[];
}

/** A forward pass without noise. */
export interface CleanRun {
  readonly ids: readonly number[];
  /** Probability of each token of the vocabulary after the prompt. */
  readonly probabilities: Float32Array;
  /** The states of every site [1, T, d], as feeds of the restoring inputs. */
  readonly states: Feeds;
}

/** One session for every run of a trace: noise and restored states are inputs. */
export interface TraceSession {
  readonly blocks: number;
  /** Token embeddings [vocabulary, d], as they enter the stream. */
  readonly embedding: Float32Array;
  runClean(ids: readonly number[]): Promise<CleanRun>;
  /**
   * The probability of `answer` after the prompt under noise on the embeddings, for each restoration the mean over
   * the noisy copies; each copy's `noise` is [T, d].
   */
  restore(
    clean: CleanRun,
    answer: number,
    noise: readonly Float32Array[],
    restorations: readonly Restoration[],
  ): Promise<readonly number[]>;
  release(): Promise<void>;
}

/** Tokens of one run, copies included. */
const BATCH_TOKENS = 4096;

interface SiteInputs {
  readonly site: TraceSite;
  readonly block: number;
  readonly tensor: string;
  readonly mask: string;
  readonly value: string;
}

interface TraceGraph {
  readonly graph: Graph;
  readonly noise: string;
  readonly answer: string;
  readonly sites: readonly SiteInputs[];
  /** Outputs: [batch, 1, vocabulary], and the answer's [batch, 1, 1]. */
  readonly probabilities: string;
  readonly answerProbability: string;
}

const siteTensors = ({ blocks }: DecoderStructure) =>
  blocks.flatMap((block, index) => [
    { site: "residual" as const, block: index, tensor: block.output },
    { site: "ffn" as const, block: index, tensor: block.feedForward.output },
    { site: "attention" as const, block: index, tensor: block.attention.output },
  ]);

const lastPosition = (builder: GraphBuilder, tensor: string): string => {
  const bounds = [[-1], [Number.MAX_SAFE_INTEGER], [1]].map((values) => builder.ints(values));
  return builder.op("Slice", [tensor, ...bounds]);
};

/**
 * Puts only the last position through the unembedding, the largest product of a small model, where that is a plain
 * product of a tensor that nothing else reads; elsewhere, an exporter's reshapes may count on every position.
 */
const narrowUnembedding = (graph: Graph, logits: string): Result<Graph> => {
  const product = graph.nodes.find(({ outputs }) => outputs.includes(logits));
  const operand = product?.op === "MatMul" ? product.inputs[0]! : undefined;
  const readers = graph.nodes.filter(({ inputs }) => operand !== undefined && inputs.includes(operand));
  return operand === undefined || readers.length > 1
    ? ok(graph)
    : interceptTensor(graph, operand, (builder) => lastPosition(builder, operand));
};

const addNoiseInput = (graph: Graph, tensor: string, width: number): Result<Graph & { noise?: string }> => {
  let noise = "";
  const noisy = interceptTensor(graph, tensor, (builder) => {
    noise = builder.input(builder.fresh("embedding_noise"), "float32", ["batch", "sequence", width]);
    return builder.op("Add", [tensor, noise]);
  });
  return noisy.ok ? ok({ ...noisy.value, noise }) : noisy;
};

const addProbabilities = (graph: Graph, logits: string) => {
  const builder = new GraphBuilder(graph, "trace");
  const answer = builder.input(builder.fresh("answer_id"), "int64", [1]);
  const probabilities = builder.op("Softmax", [lastPosition(builder, logits)], { axis: -1 });
  return {
    answer,
    probabilities,
    answerProbability: builder.op("Gather", [probabilities, answer], { axis: 2 }),
  };
};

const traceGraph = (bare: Graph, decoder: DecoderStructure): Result<TraceGraph> => {
  const { width, vocabulary } = decoder.dims;
  const noisy = addNoiseInput(bare, decoder.blocks[0]!.input, width);
  if (!noisy.ok) return noisy;
  const { noise = "", ...start } = noisy.value;
  let graph: Graph = start;
  const sites: SiteInputs[] = [];
  for (const site of siteTensors(decoder)) {
    const overridden = overrideTensor(graph, site.tensor, ["batch", "sequence", width]);
    if (!overridden.ok) return overridden;
    const { graph: next, mask, value } = overridden.value;
    graph = next;
    sites.push({ ...site, mask, value });
  }
  const narrowed = narrowUnembedding(graph, decoder.io.logits);
  if (!narrowed.ok) return narrowed;
  graph = narrowed.value;
  const heads = addProbabilities(graph, decoder.io.logits);
  graph.outputs = [
    { name: heads.probabilities, type: "float32", shape: ["batch", 1, vocabulary] },
    { name: heads.answerProbability, type: "float32", shape: ["batch", 1, 1] },
    ...sites.map(({ tensor }) => ({
      name: tensor,
      type: "float32" as const,
      shape: ["batch", "sequence", width],
    })),
  ];
  pruneGraph(graph);
  return ok({ graph, noise, sites, ...heads });
};

class OpenTraceSession implements TraceSession {
  readonly embedding: Float32Array;
  readonly blocks: number;
  readonly #session: OfflineSession;
  readonly #model: PreparedModel;
  readonly #graph: TraceGraph;

  constructor(session: OfflineSession, model: PreparedModel, graph: TraceGraph, embedding: Float32Array) {
    this.#session = session;
    this.#model = model;
    this.#graph = graph;
    this.embedding = embedding;
    this.blocks = model.layers;
  }

  async runClean(ids: readonly number[]): Promise<CleanRun> {
    const { sites, probabilities } = this.#graph;
    const size = ids.length * this.#model.dims.width;
    const shape = [1, ids.length, this.#model.dims.width];
    const none = floatTensor(shape, new Float32Array(size));
    const states = Object.fromEntries(sites.map(({ value }) => [value, none]));
    const feeds = this.#feeds({ ids, states }, 0, [none.data], []);
    const outputs = await this.#session.run(feeds, [probabilities, ...sites.map(({ tensor }) => tensor)]);
    return {
      ids,
      probabilities: Float32Array.from(outputs[probabilities]!.data as Float32Array),
      states: Object.fromEntries(sites.map(({ value, tensor }) => [value, outputs[tensor]!])),
    };
  }

  async restore(
    clean: CleanRun,
    answer: number,
    noise: readonly Float32Array[],
    restorations: readonly Restoration[],
  ): Promise<readonly number[]> {
    const perRun = Math.max(1, Math.floor(BATCH_TOKENS / (clean.ids.length * noise.length)));
    const means: number[] = [];
    for (let start = 0; start < restorations.length; start += perRun) {
      const group = restorations.slice(start, start + perRun);
      const feeds = this.#feeds(clean, answer, noise, group);
      const { answerProbability } = this.#graph;
      const outputs = await this.#session.run(feeds, [answerProbability]);
      const values = outputs[answerProbability]!.data as Float32Array;
      for (let i = 0; i < group.length; i++) {
        const copies = values.subarray(i * noise.length, (i + 1) * noise.length);
        means.push(copies.reduce((sum, value) => sum + value, 0) / noise.length);
      }
    }
    return means;
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  /** Rows: for each restoration, or once where there is none, the noisy copies. */
  #feeds(
    { ids, states }: Pick<CleanRun, "ids" | "states">,
    answer: number,
    noise: readonly Float32Array[],
    restorations: readonly Restoration[],
  ): Feeds {
    const groups = Math.max(1, restorations.length);
    const rows = groups * noise.length;
    const { sites, noise: noiseInput, answer: answerInput } = this.#graph;
    const noises = Array.from({ length: groups }, () => noise).flat();
    const empty = new Float32Array(rows * ids.length);
    const masks = sites.map(({ site, block, mask }) => {
      const restored = restorations.some(({ site: at, blocks }) => at === site && blocks.includes(block));
      const data = restored ? maskOf(restorations, site, block, ids.length, noise.length) : empty;
      return [mask, floatTensor([rows, ids.length, 1], data)];
    });
    return {
      ...batchFeeds(
        this.#model,
        Array.from({ length: rows }, () => ids),
      ),
      ...states,
      [noiseInput]: floatTensor([rows, ids.length, this.#model.dims.width], concatenate(noises)),
      [answerInput]: integerTensor([1], [answer]),
      ...Object.fromEntries(masks),
    };
  }
}

/** 1 where a restoration puts the clean state in, [restorations × copies, T]. */
const maskOf = (
  restorations: readonly Restoration[],
  site: TraceSite,
  block: number,
  length: number,
  copies: number,
): Float32Array => {
  const mask = new Float32Array(restorations.length * copies * length);
  for (const [index, { site: at, blocks, positions }] of restorations.entries()) {
    if (at !== site || !blocks.includes(block)) continue;
    for (let copy = 0; copy < copies; copy++)
      for (const position of positions) mask[(index * copies + copy) * length + position] = 1;
  }
  return mask;
};

/**
 * Opens the model for causal tracing (ROME, arXiv 2202.05262, section 2 and appendix B). Errors: those of `openDecoder` and
 * of the runtime.
 */
export const openTraceSession = async (model: PreparedModel, graph: Graph): Promise<Result<TraceSession>> => {
  const decoder = openDecoder(graph);
  if (!decoder.ok) return decoder;
  const { lowered, structure } = decoder.value;
  const built = traceGraph(lowered, structure);
  if (!built.ok) return built;
  const session = await openOfflineSession(built.value.graph);
  if (!session.ok) return session;
  const table = floatsOf(new GraphIndex(lowered).constant(structure.embedding)!.value);
  const { embeddingScale: scale } = structure;
  const embedding = scale === 1 ? table : table.map((value) => scale * value);
  return ok(new OpenTraceSession(session.value, model, built.value, embedding));
};
