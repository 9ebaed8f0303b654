import type { Edit } from "../../core/edit/edit.ts";
import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ValueRows } from "../neurons/value-rows.ts";
import { editPrompts } from "../prompts/edit-prompts.ts";
import { wantedTokens } from "../prompts/target-tokens.ts";
import { greedyAnswer } from "../running/greedy-answer.ts";
import { findKnowledgeNeurons, type KnowledgeNeuron } from "./knowledge-neurons.ts";
import { type MispredictedToken, mispredictedTokens } from "./mispredicted-tokens.ts";
import type { NeuronAttribution } from "./neuron-attribution.ts";
import type { KnSettings } from "./settings.ts";

/** What is added to the value row of a unit. */
export interface RowChange {
  readonly block: number;
  readonly unit: number;
  /** [d] */
  readonly change: Float32Array;
}

/** The changes that make an edit, and the neurons that they could not be made to. */
export interface RowChanges {
  readonly changes: readonly RowChange[];
  readonly outOfReach: readonly KnowledgeNeuron[];
}

/** What row changes are found with. */
export interface RowChangeParts {
  readonly engine: Engine;
  readonly attribution: NeuronAttribution;
  readonly rows: ValueRows;
  readonly settings: KnSettings;
  /** Blocks whose value rows can be changed. */
  readonly blocks: ReadonlySet<number>;
}

/** Tokens of an old answer that count: what follows them is implied by them, and each costs an integral. */
const OLD_ANSWER_TOKENS = 8;

/** The strongest knowledge neurons of `answer` after `prompts` whose rows can be changed, each by `changeOf` it. */
const changeNeurons = async (
  prompts: readonly (readonly number[])[],
  answer: readonly number[],
  changeOf: (neuron: KnowledgeNeuron) => Float32Array,
  { attribution, settings, blocks }: RowChangeParts,
): Promise<Result<RowChanges>> => {
  const found = await findKnowledgeNeurons(attribution, prompts, answer, settings);
  if (!found.ok) return found;
  const within = found.value.filter(({ block }) => blocks.has(block)).slice(0, settings.neurons);
  return ok({
    changes: within.map((neuron) => ({ block: neuron.block, unit: neuron.unit, change: changeOf(neuron) })),
    outOfReach: found.value.filter(({ block }) => !blocks.has(block)),
  });
};

/** The target's tokens that the first of `prompts` to get another answer does not give. */
const wrongTokens = async (
  prompts: readonly (readonly number[])[],
  target: readonly number[],
  engine: Engine,
): Promise<Result<readonly MispredictedToken[]>> => {
  for (const prompt of prompts) {
    const wrong = await mispredictedTokens(engine, prompt, target);
    if (!wrong.ok || wrong.value.length > 0) return wrong;
  }
  return ok([]);
};

const updateRows = async (
  prompts: readonly (readonly number[])[],
  edit: Edit,
  parts: RowChangeParts,
): Promise<Result<RowChanges>> => {
  const { engine, rows, settings } = parts;
  const target = await wantedTokens(edit, engine);
  const wrong = await wrongTokens(prompts, target, engine);
  if (!wrong.ok) return wrong;
  const changes: RowChange[] = [];
  const outOfReach: KnowledgeNeuron[] = [];
  for (const { before, said, target: due } of wrong.value) {
    const gained = rows.embedding(due);
    const change = rows.embedding(said).map((value, i) => settings.new * gained[i]! - settings.old * value);
    const asked = prompts.map((prompt) => [...prompt, ...before]);
    const made = await changeNeurons(asked, [said], () => change, parts);
    if (!made.ok) return made;
    changes.push(...made.value.changes);
    outOfReach.push(...made.value.outOfReach);
  }
  return ok({ changes, outOfReach });
};

const eraseRows = async (
  prompts: readonly (readonly number[])[],
  edit: Edit,
  parts: RowChangeParts,
): Promise<Result<RowChanges>> => {
  const { engine, rows } = parts;
  const text = await greedyAnswer(engine, edit.prompt, EMPTY_PATCH_SET);
  const tokens = engine.tokenizer.encodeContinuation(text).slice(0, OLD_ANSWER_TOKENS);
  const answer = tokens.length > 0 ? tokens : [engine.model.specialTokens.end];
  const emptied = ({ block, unit }: KnowledgeNeuron) => rows.row(block, unit).map((value) => -value);
  return changeNeurons(prompts, answer, emptied, parts);
};

/**
 * The changes that make `edit` by Knowledge Neurons (arXiv 2104.08696). An update (section 4.3) moves the rows of the
 * neurons that carry what the model says by -old·e(said) + new·e(target), e the token embeddings. The paper edits
 * answers of one token; here each token of the target that the model does not give after those before it has neurons
 * of its own. Erasing (section 4.4) empties the rows of the neurons that carry the old answer, whatever the target.
 *
 * Errors: those of the engine's `score` and of `attribute`.
 */
export const rowChangesOf = (edit: Edit, parts: RowChangeParts): Promise<Result<RowChanges>> => {
  const prompts = editPrompts(edit).map((prompt) => parts.engine.tokenizer.encode(prompt));
  return parts.settings.operation === "erase"
    ? eraseRows(prompts, edit, parts)
    : updateRows(prompts, edit, parts);
};
