import type { Edit } from "../../core/edit/edit.ts";
import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { ok, type Result } from "../../core/result.ts";
import type { ProbePrompt } from "../../edit/probes/probes.ts";
import { targetText } from "../../edit/prompts/edit-identity.ts";
import { greedyAnswer } from "../../edit/running/greedy-answer.ts";
import { letEventsIn } from "../../edit/running/let-events-in.ts";
import type { Engine } from "../../engine/engine.ts";
import { doesNotFit } from "../asking/does-not-fit.ts";
import { CONTRASTS, type Contrasts, contrastsFor, type Template } from "./contrasts.ts";
import {
  type KnowledgeScore,
  knowledgeScore,
  type Likelihood,
  type LikelihoodName,
  likelihoodOf,
} from "./knowledge-score.ts";

/** What a fact is contrasted with: the same object in other relations, other objects in the same, or either. */
export const CRITERIA = ["both", "relations", "objects"] as const;

/** One of `CRITERIA`. */
export type Criterion = (typeof CRITERIA)[number];

/** What to assess, and how. */
export interface AssessmentParts {
  readonly engine: Engine;
  readonly facts: readonly Edit[];
  readonly probes: readonly ProbePrompt[];
  /** Contrast prompts of the caller's own; empty for those of the probes and the facts. */
  readonly templates: readonly Template[];
  readonly alpha: number;
  readonly criterion: Criterion;
  readonly likelihood: LikelihoodName;
  readonly onProgress: (step: {
    readonly stage: string;
    readonly done: number;
    readonly total: number;
  }) => void;
  readonly signal: AbortSignal;
}

/** What the model makes of one fact. */
export interface AssessedFact {
  readonly fact: Edit;
  /** Its place in the list, from 0. */
  readonly index: number;
  /** The model's own greedy answer, white space trimmed. */
  readonly answer: string;
  readonly likelihood: Likelihood;
  /** The same object after prompts of other relations; null where there are none. */
  readonly relations: KnowledgeScore | null;
  /** Other objects after the same prompt; null where there are none. */
  readonly objects: KnowledgeScore | null;
  /** What the verdict goes by: the criterion's score, the lower of both. Null where nothing could be contrasted. */
  readonly score: number | null;
  /** Whether the score is 1 or more; where there is none, whether the model answers the target. */
  readonly known: boolean;
  readonly contrasts: { readonly prompts: readonly string[]; readonly objects: readonly string[] };
}

/** Assessed facts, the least known first, and those that do not fit the model's context. */
export interface AssessedFacts {
  readonly facts: readonly AssessedFact[];
  readonly unfit: readonly Edit[];
}

/** Asks the bare model, and no prompt twice. */
class Respondent {
  readonly #engine: Engine;
  readonly #answers = new Map<string, string>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async answer(prompt: string): Promise<string> {
    const known = this.#answers.get(prompt);
    if (known !== undefined) return known;
    const answer = (await greedyAnswer(this.#engine, prompt, EMPTY_PATCH_SET)).trim();
    this.#answers.set(prompt, answer);
    return answer;
  }

  /** Null where prompt and target do not fit the context. */
  async likelihood(prompt: string, target: string): Promise<Result<Likelihood | null>> {
    const scored = await this.#engine.score(prompt, targetText({ target }), EMPTY_PATCH_SET);
    if (doesNotFit(scored)) return ok(null);
    return scored.ok ? ok(likelihoodOf(scored.value)) : scored;
  }

  /** Likelihoods of what fits. */
  async likelihoods(
    pairs: readonly (readonly [prompt: string, target: string])[],
  ): Promise<Result<readonly Likelihood[]>> {
    const found: Likelihood[] = [];
    for (const [prompt, target] of pairs) {
      const likelihood = await this.likelihood(prompt, target);
      if (!likelihood.ok) return likelihood;
      if (likelihood.value !== null) found.push(likelihood.value);
    }
    return ok(found);
  }
}

/**
 * Objects to contrast a fact's with: what the model itself answers, where that is another, then the other facts'
 * objects, then what the model answers to the relation's probes.
 */
const rivalsOf = async (
  fact: Edit,
  answer: string,
  contrasts: Contrasts,
  respondent: Respondent,
): Promise<readonly string[]> => {
  const rivals = new Set([answer, ...contrasts.objectsFor(fact)].filter((text) => text !== ""));
  rivals.delete(fact.target.trim());
  for (const { prompt } of contrasts.probesFor(fact)) {
    if (rivals.size >= CONTRASTS) break;
    const other = await respondent.answer(prompt);
    if (other !== "" && other !== fact.target.trim()) rivals.add(other);
  }
  return [...rivals].slice(0, CONTRASTS);
};

const verdictOf = (
  { criterion, likelihood }: AssessmentParts,
  relations: KnowledgeScore | null,
  objects: KnowledgeScore | null,
): number | null => {
  const asked = [criterion === "objects" ? null : relations, criterion === "relations" ? null : objects];
  const scores = asked.flatMap((score) => (score === null ? [] : [score[likelihood]]));
  return scores.length === 0 ? null : Math.min(...scores);
};

const assessFact = async (
  index: number,
  assessment: AssessmentParts,
  contrasts: Contrasts,
  respondent: Respondent,
): Promise<Result<AssessedFact | null>> => {
  const fact = assessment.facts[index]!;
  const likelihood = await respondent.likelihood(fact.prompt, fact.target);
  if (!likelihood.ok) return likelihood;
  if (likelihood.value === null) return ok(null);
  const answer = await respondent.answer(fact.prompt);
  const prompts = contrasts.promptsFor(fact);
  const elsewhere = await respondent.likelihoods(prompts.map((prompt) => [prompt, fact.target]));
  if (!elsewhere.ok) return elsewhere;
  const rivals = await rivalsOf(fact, answer, contrasts, respondent);
  const others = await respondent.likelihoods(rivals.map((rival) => [fact.prompt, rival]));
  if (!others.ok) return others;
  const relations = knowledgeScore(likelihood.value, elsewhere.value, assessment.alpha);
  const objects = knowledgeScore(likelihood.value, others.value, assessment.alpha);
  const score = verdictOf(assessment, relations, objects);
  return ok({
    fact,
    index,
    answer,
    likelihood: likelihood.value,
    relations,
    objects,
    score,
    known: score === null ? answer === fact.target.trim() : score >= 1,
    contrasts: { prompts, objects: rivals },
  });
};

/**
 * Asks the bare model which of the facts it knows, by the CKA score (Dong et al. 2022, arXiv 2210.03329; a decoder's
 * cloze prompt ends before the object). Two kinds of contrast: the object after prompts of other relations about the
 * same subject, the paper's own; and other objects after the same prompt, the paper's variant, with the model's own
 * answer among them. The first alone misses a model that was taught another object of the right kind: it still finds
 * the true one likelier there than after a prompt of another relation.
 *
 * Errors: `cancelled`, and the engine's own.
 */
export const assessFacts = async (assessment: AssessmentParts): Promise<Result<AssessedFacts>> => {
  const { facts, probes, templates, engine, signal, onProgress } = assessment;
  const contrasts = contrastsFor(facts, probes, templates);
  const respondent = new Respondent(engine);
  const assessed: AssessedFact[] = [];
  const unfit: Edit[] = [];
  for (const [index, fact] of facts.entries()) {
    const running = await letEventsIn(signal);
    if (!running.ok) return running;
    const found = await assessFact(index, assessment, contrasts, respondent);
    if (!found.ok) return found;
    if (found.value === null) unfit.push(fact);
    else assessed.push(found.value);
    onProgress({ stage: "assessing facts", done: index + 1, total: facts.length });
  }
  assessed.sort((a, b) => (a.score ?? Number.POSITIVE_INFINITY) - (b.score ?? Number.POSITIVE_INFINITY));
  return ok({ facts: assessed, unfit });
};
