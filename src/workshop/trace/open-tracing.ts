import { ok, type Result } from "../../core/result.ts";
import { type TraceSettings, windowFor } from "../../edit/trace/trace-fact.ts";
import type { TracingParts } from "../../edit/trace/trace-facts.ts";
import { embeddingDeviation, NOISE_DEVIATIONS } from "../../edit/trace/trace-noise.ts";
import { openTraceSession } from "../../edit/trace/trace-session.ts";
import { createTokenizer } from "../../engine/tokenizer/tokenizer.ts";
import { readModel } from "../../onnx/read-model.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** What of the settings a caller chooses; the noise follows from the subjects, the window from the model's depth. */
export interface TracingOptions extends Pick<TraceSettings, "seed"> {
  /** The noise is as large as the embeddings of these vary. */
  readonly subjects: readonly string[];
  readonly window: number | null;
}

/**
 * Opens a model for tracing. The caller releases the session. Errors: those of `readModel`, `createTokenizer` and
 * `openTraceSession`.
 */
export const openTracing = async (
  files: ModelDirectory,
  { subjects, window, seed }: TracingOptions,
  context: WorkshopContext,
): Promise<Result<TracingParts>> => {
  const { model } = files;
  const graph = readModel(files.graph, () => files.weights);
  if (!graph.ok) return graph;
  const tokenizer = createTokenizer(new TextDecoder().decode(files.tokenizer));
  if (!tokenizer.ok) return tokenizer;
  const session = await openTraceSession(model, graph.value);
  if (!session.ok) return session;
  const deviation = embeddingDeviation(subjects, tokenizer.value, session.value.embedding, model.dims.width);
  return ok({
    session: session.value,
    model,
    tokenizer: tokenizer.value,
    settings: { noise: NOISE_DEVIATIONS * deviation, seed, window: window ?? windowFor(model.layers) },
    onProgress: context.progress.step,
    signal: context.signal,
  });
};
