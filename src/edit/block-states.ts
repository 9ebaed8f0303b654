import type { PreparedModel } from "../core/model/prepared-model.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { Tokenizer } from "../engine/tokenizer.ts";
import { findDecoder } from "../onnx/find-decoder.ts";
import { cloneGraph, type Graph } from "../onnx/graph.ts";
import { type OfflineSession, openOfflineSession } from "../onnx/offline-session.ts";
import { removePatchInputs } from "../onnx/remove-patch-inputs.ts";
import { pruneGraph } from "../onnx/surgery/prune-graph.ts";
import { letEventsIn } from "./let-events-in.ts";
import type { EditingContext } from "./method.ts";
import { batchFeeds, selectFeeds } from "./model-feeds.ts";
import type { ProbeState } from "./probe-states.ts";
import type { ProbePrompt } from "./probes.ts";

/** Prompts run at once. */
const BATCH = 32;

/** A model up to its last block, whose outputs it hands out. */
interface BlockSession {
  readonly session: OfflineSession;
  readonly inputs: readonly string[];
  /** Tensors [batch, T, d], one for each block. */
  readonly outputs: readonly string[];
}

const openBlockSession = async (graph: Graph): Promise<Result<BlockSession>> => {
  const bare = cloneGraph(removePatchInputs(graph));
  const decoder = findDecoder(bare);
  if (!decoder.ok) return decoder;
  const outputs = decoder.value.blocks.map(({ output }) => output);
  const { width } = decoder.value.dims;
  bare.outputs = outputs.map((name) => ({ name, type: "float32", shape: ["batch", "length", width] }));
  pruneGraph(bare);
  const read = new Set(bare.nodes.flatMap((node) => node.inputs));
  bare.inputs = bare.inputs.filter(({ name }) => read.has(name));
  const session = await openOfflineSession(bare);
  return session.ok
    ? ok({ session: session.value, inputs: bare.inputs.map(({ name }) => name), outputs })
    : session;
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

/**
 * The state of every probe prompt at the output of every block, hooked or not, at the last prompt token of the bare
 * model: for each block the probes in their order.
 *
 * Errors: those of `findDecoder` and of the runtime; `prompt_too_long`; `cancelled`.
 */
export const collectBlockStates = async (
  model: PreparedModel,
  graph: Graph,
  tokenizer: Tokenizer,
  probes: readonly ProbePrompt[],
  { onProgress, signal }: Pick<EditingContext, "onProgress" | "signal">,
): Promise<Result<readonly (readonly ProbeState[])[]>> => {
  const encoded = encodeAll(model, tokenizer, probes);
  if (!encoded.ok) return encoded;
  const opened = await openBlockSession(graph);
  if (!opened.ok) return opened;
  const { session, inputs, outputs } = opened.value;
  const states: ProbeState[][] = outputs.map(() => []);
  try {
    for (let start = 0; start < probes.length; start += BATCH) {
      const running = await letEventsIn(signal);
      if (!running.ok) return running;
      const batch = encoded.value.slice(start, start + BATCH);
      const results = await session.run(selectFeeds(batchFeeds(model, batch), inputs));
      for (const [block, name] of outputs.entries()) {
        const { data, shape } = results[name]!;
        const [, length, width] = shape as [number, number, number];
        for (const [row, ids] of batch.entries()) {
          const at = (row * length + ids.length - 1) * width;
          const state = (data as Float32Array).slice(at, at + width);
          states[block]!.push({ probe: probes[start + row]!, state });
        }
      }
      onProgress({ stage: "measuring states", done: start + batch.length, total: probes.length });
    }
  } finally {
    await session.release();
  }
  return ok(states);
};
