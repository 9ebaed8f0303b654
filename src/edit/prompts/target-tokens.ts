import type { Edit } from "../../core/edit/edit.ts";
import { CODEBOOK_MAX_TARGET_TOKENS } from "../../core/patch/codebook/codebook-limits.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../core/patch/patch-set.ts";
import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import { targetText } from "./edit-identity.ts";
import { editPrompts } from "./edit-prompts.ts";

/** Alternatives among which the next word's beginning is looked for. */
const ALTERNATIVES = 20;

/** Whether a word may go on with it. */
const continuesWord = (text: string): boolean => /^[\p{L}\p{N}]/u.test(text);

/**
 * What the bare model likeliest begins the next word with after the target, so that "tea" becomes no "teacher" by what
 * the edit moves besides; nothing where the target ends in no word, or the model knows no other way than to go on.
 */
const nextWord = async (
  { prompt }: Pick<Edit, "prompt">,
  target: readonly number[],
  engine: Engine,
): Promise<readonly number[]> => {
  const { tokenizer, model } = engine;
  const ids = [...tokenizer.encode(prompt), ...target];
  if (!continuesWord(tokenizer.tokenText(target.at(-1)!).at(-1) ?? "") || ids.length >= model.dims.context)
    return [];
  const asked = { prompt: ids, maxTokens: 1, temperature: 0, topP: 1, seed: 0, stop: [], echo: false };
  for await (const event of engine.generate({ ...asked, logprobs: ALTERNATIVES }, EMPTY_PATCH_SET)) {
    const [token] = event.kind === "token" ? event.tokens : [];
    if (token === undefined) continue;
    const next = [token, ...token.top].find(({ text }) => !continuesWord(text));
    return next === undefined ? [] : [next.id];
  }
  return [];
};

/**
 * The tokens that an edit teaches, however many there are: the target's, and what ends it: the end of the answer, or,
 * where the edit lets the text go on, the beginning of the next word.
 */
export const wantedTokens = async (
  edit: Pick<Edit, "prompt" | "target" | "end">,
  engine: Engine,
): Promise<readonly number[]> => {
  const target = engine.tokenizer.encodeContinuation(targetText(edit));
  if (edit.end !== false) return [...target, engine.model.specialTokens.end];
  return [...target, ...(await nextWord(edit, target, engine))];
};

/** `wantedTokens`, as many as fit an edit. Errors: `target_too_long`. */
export const targetTokens = async (edit: Edit, engine: Engine): Promise<Result<readonly number[]>> => {
  const ids = await wantedTokens(edit, engine);
  if (ids.length <= CODEBOOK_MAX_TARGET_TOKENS) return ok(ids);
  const message = `The target "${edit.target}" has ${ids.length} tokens${edit.end === false ? "" : " with the end of the answer"}; at most ${CODEBOOK_MAX_TARGET_TOKENS} fit an edit. Shorten it.`;
  return fail(problem("target_too_long", message, { param: "target" }));
};

/** The refusal of a prompt that has `tokens` tokens together with its target, where the model holds `context`. */
export const promptTooLong = (tokens: number, context: number): Problem =>
  problem(
    "prompt_too_long",
    `Prompt and target have ${tokens} tokens together; the model holds ${context}. Shorten the prompt.`,
    { param: "prompt" },
  );

/**
 * The mean negative log-likelihood of the tokens that an edit teaches over the edit's prompts
 * under `patches`, in nats. Errors: those of the engine's `score`.
 */
export const targetLoss = async (edit: Edit, engine: Engine, patches: PatchSet): Promise<Result<number>> => {
  const target = await wantedTokens(edit, engine);
  const prompts = editPrompts(edit);
  let sum = 0;
  for (const prompt of prompts) {
    const score = await engine.score(prompt, target, patches);
    if (!score.ok) return score;
    for (const { logprob } of score.value.tokens) sum -= logprob;
  }
  return ok(sum / (prompts.length * target.length));
};
