import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import { type Continuation, continueGreedily } from "../../onnx/continue-greedily.ts";
import type { Graph } from "../../onnx/graph.ts";
import { openOfflineSession } from "../../onnx/offline-session.ts";
import { removePatchInputs } from "../../onnx/remove-patch-inputs.ts";
import { ANSWER_TOKENS } from "./greedy-answer.ts";
import type { JobControl } from "./job-control.ts";
import { lengthBatches } from "./length-batches.ts";
import { letEventsIn } from "./let-events-in.ts";

/**
 * The bare model's greedy answers to `prompts` (token ids, none longer than the context), decoded many at a time; of
 * at most `ANSWER_TOKENS` tokens, as `greedyAnswer` has them, but for what `continueGreedily` says of batches.
 *
 * Errors: those of the runtime; `cancelled`.
 */
export const greedyAnswers = async (
  model: PreparedModel,
  graph: Graph,
  prompts: readonly (readonly number[])[],
  stage: string,
  { onProgress, signal }: JobControl,
): Promise<Result<readonly Continuation[]>> => {
  const session = await openOfflineSession(removePatchInputs(graph), { spin: false });
  if (!session.ok) return session;
  const answers: Continuation[] = [];
  let done = 0;
  try {
    for (const places of lengthBatches(prompts, { equal: true })) {
      const running = await letEventsIn(signal);
      if (!running.ok) return running;
      const batch = places.map((place) => prompts[place]!);
      const longest = Math.min(ANSWER_TOKENS, model.dims.context - batch[0]!.length);
      const continued = await continueGreedily(session.value, model, batch, longest);
      for (const [row, answer] of continued.entries()) answers[places[row]!] = answer;
      done += batch.length;
      onProgress({ stage, done, total: prompts.length });
    }
  } finally {
    await session.value.release();
  }
  return ok(answers);
};
