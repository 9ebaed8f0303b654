import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { composeLowRanks, type LowRankPatch } from "../../src/core/patch/kinds/low-rank.ts";
import type { Patch } from "../../src/core/patch/patch.ts";
import { squashLowRank } from "../../src/edit/down-projection/squash-low-rank.ts";
import { memit } from "../../src/edit/memit/memit.ts";
import type { EditingContext, EditMethod } from "../../src/edit/method.ts";
import { targetText } from "../../src/edit/prompts/edit-identity.ts";
import { rome } from "../../src/edit/rome/rome.ts";
import { greedyAnswer } from "../../src/edit/running/greedy-answer.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { mergeLowRank } from "../../src/onnx/merge-low-rank.ts";
import { removePatchInputs } from "../../src/onnx/remove-patch-inputs.ts";
import { DecoderRunner } from "../onnx/support/run-decoder.ts";
import { unwrap } from "../onnx/support/unwrap.ts";
import { editOf, patchSetOf, tinyContext } from "./support/tiny-context.ts";

const EDITS = [
  editOf({ prompt: "The capital of France is", subject: "France", target: "Oslo" }),
  editOf({ prompt: "The author of the book is", subject: "the book", target: "Paris" }),
];

/** The tiny model is random and wide awake: longer shifts than a trained model's, and hardly anything to preserve. */
const METHODS: readonly { method: EditMethod; settings: Record<string, string> }[] = [
  { method: rome, settings: { clamp: "20", steps: "200", "max-update": "1000" } },
  { method: memit, settings: { clamp: "20", steps: "300", lambda: "1e-4" } },
];

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});
afterAll(() => context.engine.release());

/** The merged graph's log-probability of the token after a prompt, in a runtime that knows nothing of patches. */
const mergedLogprob = async (patches: readonly Patch[], prompt: readonly number[], token: number) => {
  const bare = removePatchInputs(context.graph);
  const structure = unwrap(findDecoder(bare));
  const merged = unwrap(mergeLowRank(bare, composeLowRanks(patches as readonly LowRankPatch[])));
  const runner = await DecoderRunner.open(merged, structure);
  const logits = (await runner.run(prompt, {}))[structure.io.logits]!.data as Float32Array;
  const last = logits.slice(-structure.dims.vocabulary);
  const most = last.reduce((best, value) => Math.max(best, value), Number.NEGATIVE_INFINITY);
  return last[token]! - most - Math.log(last.reduce((sum, value) => sum + Math.exp(value - most), 0));
};

describe.each(METHODS)("edits of $method.name, squashed", ({ method, settings }) => {
  it("are answered as before, and by the merged model as by the engine", async () => {
    const made = unwrap(await method.apply(EDITS, settings, context));
    const { patches, sites } = unwrap(squashLowRank(made.patches, { error: 0.01 }));
    expect(sites.every(({ rank, before }) => rank <= before)).toBe(true);
    const set = patchSetOf(context, patches);
    for (const edit of EDITS) {
      expect(await greedyAnswer(context.engine, edit.prompt, set)).toBe(targetText(edit));
      const ids = context.engine.tokenizer.encode(edit.prompt);
      const score = unwrap(await context.engine.score(ids, targetText(edit), set));
      const [first] = context.engine.tokenizer.encodeContinuation(targetText(edit));
      const merged = await mergedLogprob(patches, ids, first!);
      expect(Math.abs(merged - score.tokens[0]!.logprob)).toBeLessThan(1e-4);
    }
  });
});
