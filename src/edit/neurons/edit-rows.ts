import type { Edit } from "../../core/edit/edit.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { concatenate } from "../../core/tensor/concatenate.ts";
import type { Engine } from "../../engine/engine.ts";
import { editPrompts } from "../prompts/edit-prompts.ts";
import { promptTooLong, targetTokens } from "../prompts/target-tokens.ts";
import type { FeedForwardStates } from "./feed-forward-states.ts";

/** The positions of one edit at which target tokens are predicted, over all its phrasings, teacher-forced. */
export interface EditRows {
  /** [p · t, d], phrasing by phrasing: what the last FFN reads there. */
  readonly inputs: Float32Array;
  /** [p · t, d]: the stream that leaves the last block, without its extra neurons. */
  readonly stream: Float32Array;
  /** [p · t]: the token to follow each. */
  readonly targets: readonly number[];
  readonly phrasings: number;
  /** Target tokens t, the end of the answer included. */
  readonly tokens: number;
}

/**
 * Reads the rows of an edit: for target token j the position before it. Errors: `target_too_long`,
 * `prompt_too_long`, those of the runtime.
 */
export const readEditRows = async (
  edit: Edit,
  engine: Engine,
  states: FeedForwardStates,
  upstream: PatchSet,
): Promise<Result<EditRows>> => {
  const targets = await targetTokens(edit, engine);
  if (!targets.ok) return targets;
  const prompts = editPrompts(edit).map((prompt) => engine.tokenizer.encode(prompt));
  const sequences = prompts.map((ids) => [...ids, ...targets.value.slice(0, -1)]);
  const { context, width } = engine.model.dims;
  const longest = Math.max(...sequences.map(({ length }) => length));
  if (longest > context) return fail(promptTooLong(longest, context));
  const read = await states.read(sequences, upstream);
  if (!read.ok) return read;
  const own = (rows: Float32Array, index: number) => rows.subarray((prompts[index]!.length - 1) * width);
  return ok({
    inputs: concatenate(read.value.map(({ inputs }, index) => own(inputs, index))),
    stream: concatenate(read.value.map(({ stream }, index) => own(stream, index))),
    targets: prompts.flatMap(() => targets.value),
    phrasings: prompts.length,
    tokens: targets.value.length,
  });
};
