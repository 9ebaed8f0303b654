import { composePatchSet } from "../../core/patch/compose.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../core/patch/patch-set.ts";
import { ProblemError } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { ANSWER_TOKENS } from "../../edit/running/greedy-answer.ts";
import type { Engine } from "../../engine/engine.ts";
import type { FinishEvent, GenerationRequest, NearestEntry, TokenEvent } from "../../engine/generation.ts";
import type { Nearness } from "../report.ts";
import { ALTERNATIVES, type Answer, type EvaluatedModel, type Respondent } from "./evaluated-model.ts";

const requestFor = (prompt: string): GenerationRequest => ({
  prompt,
  maxTokens: ANSWER_TOKENS,
  temperature: 0,
  topP: 1,
  seed: 0,
  stop: [],
  logprobs: ALTERNATIVES,
  echo: false,
});

const nearestOf = (entries: readonly NearestEntry[]): Nearness | null => {
  const [nearest] = [...entries].sort((a, b) => a.distance / a.radius - b.distance / b.radius);
  return nearest ? { distance: nearest.distance, radius: nearest.radius } : null;
};

const toAnswer = (events: readonly TokenEvent[], finish: FinishEvent): Answer => ({
  text: events.map(({ text }) => text).join(""),
  first: new Map(events.flatMap(({ tokens }) => tokens)[0]?.top.map(({ text, logprob }) => [text, logprob])),
  nearest: nearestOf(finish.nearest),
  timings: { ...finish.timings, tokens: finish.completionTokens },
});

const generateAnswer = async (engine: Engine, prompt: string, patches: PatchSet): Promise<Result<Answer>> => {
  const events: TokenEvent[] = [];
  try {
    for await (const event of engine.generate(requestFor(prompt), patches)) {
      if (event.kind === "finish") return ok(toAnswer(events, event));
      events.push(event);
    }
  } catch (error) {
    if (error instanceof ProblemError) return fail(error.problem);
    throw error;
  }
  throw new Error("the engine ended without a finish event");
};

const respondent = (engine: Engine, patches: PatchSet): Respondent => ({
  answer: (prompt) => generateAnswer(engine, prompt, patches),
  score: async (prompt, target) => {
    const scored = await engine.score(prompt, target, patches);
    if (!scored.ok) return scored;
    const { tokens, greedy } = scored.value;
    return ok({ logprobs: tokens.map(({ logprob }) => logprob), greedy });
  },
  close: () => Promise.resolve(ok(null)),
});

/** The model in this process: the production decoder, patches bound to the graph's inputs. */
export const localModel = (engine: Engine): EvaluatedModel => ({
  attach: ({ patches }) => {
    const set =
      patches.length === 0 ? ok(EMPTY_PATCH_SET) : composePatchSet("evaluation", patches, engine.model);
    return Promise.resolve(set.ok ? ok(respondent(engine, set.value)) : set);
  },
});
