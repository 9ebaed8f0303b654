import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Tokenizer } from "../../engine/tokenizer/tokenizer.ts";
import type { Graph } from "../../onnx/graph.ts";
import { batchFeeds } from "../../onnx/model-feeds.ts";
import { type OfflineSession, type OfflineTensor, openOfflineSession } from "../../onnx/offline-session.ts";
import { openDecoder } from "../../onnx/open-decoder.ts";
import { statesGraph } from "../../onnx/states-graph.ts";
import type { EditingContext } from "../method.ts";
import { ProbeKnowledge } from "../probes/probe-knowledge.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import type { ProbePrompt } from "../probes/probes.ts";
import { lengthBatches } from "../running/length-batches.ts";
import { letEventsIn } from "../running/let-events-in.ts";

/** What reading states takes. */
export type BlockStatesContext = Pick<
  EditingContext,
  "model" | "graph" | "probes" | "onProgress" | "signal"
> & {
  readonly engine: Pick<EditingContext["engine"], "tokenizer">;
};

/** A model up to the last of some blocks, whose outputs it hands out. */
interface BlockSession {
  readonly session: OfflineSession;
  /** Tensors [batch, T, d], one for each block asked for. */
  readonly outputs: readonly string[];
}

const openBlockSession = async (
  graph: Graph,
  layers: readonly number[] | null,
): Promise<Result<BlockSession>> => {
  const decoder = openDecoder(graph);
  if (!decoder.ok) return decoder;
  const { served, structure } = decoder.value;
  const { blocks } = structure;
  const outputs = (layers ?? [...blocks.keys()]).map((layer) => blocks[layer]!.output);
  const { width } = structure.dims;
  const states = outputs.map((name) => ({
    name,
    type: "float32" as const,
    shape: ["batch", "length", width],
  }));
  const session = await openOfflineSession(statesGraph(served, states), { spin: false });
  return session.ok ? ok({ session: session.value, outputs }) : session;
};

const encodeAll = (
  model: PreparedModel,
  tokenizer: Tokenizer,
  probes: readonly ProbePrompt[],
): Result<readonly (readonly number[])[]> => {
  const encoded = probes.map(({ prompt }) => tokenizer.encode(prompt));
  const long = encoded.findIndex((ids) => ids.length > model.dims.context);
  if (long < 0) return ok(encoded);
  const message = `The probe "${probes[long]!.prompt}" has ${encoded[long]!.length} tokens; the context holds ${model.dims.context}. Shorten it.`;
  return fail(problem("prompt_too_long", message, { param: "prompt" }));
};

/** The rows of a batch's output [batch, T, d] at each sequence's last token. */
const lastStates = (
  { data, shape }: OfflineTensor,
  batch: readonly (readonly number[])[],
): readonly Float32Array[] => {
  const [, length, width] = shape as [number, number, number];
  return batch.map((ids, row) => {
    const at = (row * length + ids.length - 1) * width;
    return (data as Float32Array).slice(at, at + width);
  });
};

/**
 * The state of every probe prompt at the output of blocks, hooked or not, at the last prompt token of the bare model:
 * for each of `layers`, or each block there is, the probes in their order.
 *
 * Errors: those of `openDecoder` and of the runtime; `prompt_too_long`; `cancelled`.
 */
export const collectBlockStates = async (
  { model, graph, engine, probes, onProgress, signal }: BlockStatesContext,
  layers: readonly number[] | null = null,
): Promise<Result<readonly (readonly ProbeState[])[]>> => {
  const encoded = encodeAll(model, engine.tokenizer, probes);
  if (!encoded.ok) return encoded;
  const opened = await openBlockSession(graph, layers);
  if (!opened.ok) return opened;
  const { session, outputs } = opened.value;
  const states: ProbeState[][] = outputs.map(() => []);
  let done = 0;
  try {
    for (const places of lengthBatches(encoded.value)) {
      const running = await letEventsIn(signal);
      if (!running.ok) return running;
      const batch = places.map((place) => encoded.value[place]!);
      const results = await session.run(batchFeeds(model, batch));
      for (const [block, name] of outputs.entries())
        for (const [row, state] of lastStates(results[name]!, batch).entries())
          states[block]![places[row]!] = { probe: probes[places[row]!]!, state };
      done += batch.length;
      onProgress({ stage: "measuring states", done, total: probes.length });
    }
  } finally {
    await session.release();
  }
  return ok(states);
};

const known = new ProbeKnowledge<ProbeState>();

/** The same for one block, hooked or not, read once for each probe. Errors: those of `collectBlockStates`. */
export const probeStatesAt = (
  context: BlockStatesContext,
  layer: number,
): Promise<Result<readonly ProbeState[]>> =>
  known.of(context.graph, String(layer), context.probes, async (probes) => {
    const states = await collectBlockStates({ ...context, probes }, [layer]);
    return states.ok ? ok(states.value[0]!) : states;
  });
