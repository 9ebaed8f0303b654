import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { greedyAnswer } from "../../../src/edit/running/greedy-answer.ts";
import { greedyAnswers } from "../../../src/edit/running/greedy-answers.ts";
import { randomTexts } from "../support/random-texts.ts";
import { tinyContext } from "../support/tiny-context.ts";

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});
afterAll(() => context.engine.release());

/** Prompts of many lengths, several of some. */
const PROMPTS = [...randomTexts(30).map(({ prompt }) => prompt), "The capital of Norway is", "A"];

const answersTo = (prompts: readonly string[], signal?: AbortSignal) =>
  greedyAnswers(
    context.model,
    context.graph,
    prompts.map((prompt) => context.engine.tokenizer.encode(prompt)),
    "answering",
    { ...context, ...(signal && { signal }) },
  );

describe("greedyAnswers", () => {
  it("gives the answers that the decoder gives one by one", async () => {
    const answers = await answersTo(PROMPTS);
    if (!answers.ok) throw new Error(answers.problem.message);
    let compared = 0;
    for (const [index, { tokens, lead }] of answers.value.entries()) {
      // Where two tokens are as good as equal, rounding chooses.
      if (lead < 1e-3) continue;
      const text = await greedyAnswer(context.engine, PROMPTS[index]!, EMPTY_PATCH_SET);
      const decoder = context.engine.tokenizer.decoder("continuation");
      expect(tokens.map((id) => decoder.push(id)).join("") + decoder.flush()).toBe(text);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(PROMPTS.length / 2);
  });

  it("stops when it is interrupted", async () => {
    const stopped = await answersTo(PROMPTS, AbortSignal.abort());
    expect(stopped).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  });
});
