import { ok, type Result } from "../../core/result.ts";
import { type TraceSettings, windowFor } from "../../edit/trace/trace-fact.ts";
import type { TracingParts } from "../../edit/trace/trace-facts.ts";
import { embeddingDeviation, NOISE_DEVIATIONS } from "../../edit/trace/trace-noise.ts";
import { openTraceSession } from "../../edit/trace/trace-session.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";
import { readModelParts } from "../directories/model-parts.ts";
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
  const parts = readModelParts(files);
  if (!parts.ok) return parts;
  const { graph, tokenizer } = parts.value;
  const session = await openTraceSession(model, graph);
  if (!session.ok) return session;
  const deviation = embeddingDeviation(subjects, tokenizer, session.value.embedding, model.dims.width);
  return ok({
    session: session.value,
    model,
    tokenizer,
    settings: { noise: NOISE_DEVIATIONS * deviation, seed, window: window ?? windowFor(model.layers) },
    onProgress: context.progress.step,
    signal: context.signal,
  });
};
