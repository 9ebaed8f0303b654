import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { type Fact, factKey, promptOf } from "../facts/facts.ts";
import type { Mistake, PlannedMistake } from "./mistake.ts";

/** How many phrasings beside the prompt a mistake carries. */
const PARAPHRASES = 5;

/** Neighbours taken from the same relation. */
const SAME_RELATION = 2;

/** The prompts of `fact` that hold its subject letter by letter, as an editor needs it. */
const promptsWithSubject = (fact: Fact): string[] =>
  fact.relation.phrasings
    .map((_, phrasing) => promptOf(fact, phrasing))
    .filter((prompt) => prompt.includes(fact.subject));

const idOf = ({ relation, subject }: PlannedMistake): string =>
  `${relation}-${subject}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** `count` facts that follow number `start` in the list, going round; `fits` chooses among them. */
const following = (facts: readonly Fact[], start: number, count: number, fits: (fact: Fact) => boolean) =>
  [...facts.slice(start + 1), ...facts.slice(0, start)].filter(fits).slice(0, count);

const neighboursOf = (
  facts: readonly Fact[],
  index: number,
  mistaken: ReadonlySet<string>,
): Mistake["locality"] => {
  const fact = facts[index]!;
  const right = (other: Fact) => !mistaken.has(factKey(other.relation.name, other.subject));
  const sameRelation = following(
    facts,
    index,
    SAME_RELATION,
    (other) => right(other) && other.relation === fact.relation,
  );
  const sameSubject = following(
    facts,
    index,
    1,
    (other) => right(other) && other.relation.table === fact.relation.table && other.subject === fact.subject,
  );
  const unrelated = following(
    facts,
    Math.floor(index + facts.length / 2) % facts.length,
    1,
    (other) => right(other) && other.relation.table !== fact.relation.table,
  );
  const probe = (type: Mistake["locality"][number]["type"]) => (other: Fact) => ({
    prompt: promptOf(other, 0),
    answer: other.object,
    type,
  });
  return [
    ...sameRelation.map(probe("same-relation")),
    ...sameSubject.map(probe("same-subject")),
    ...unrelated.map(probe("unrelated")),
  ];
};

/**
 * Spells the planned mistakes out: each as an edit that would correct it, its right answer taken from the
 * tables. Fails with `malformed_table` where a mistake names no fact, or teaches what is right.
 */
export const buildMistakes = (
  facts: readonly Fact[],
  planned: readonly PlannedMistake[],
): Result<readonly Mistake[]> => {
  const places = new Map(facts.map((fact, index) => [factKey(fact.relation.name, fact.subject), index]));
  const mistaken = new Set(planned.map(({ relation, subject }) => factKey(relation, subject)));
  const mistakes: Mistake[] = [];
  for (const plan of planned) {
    const { kind, relation, subject, taught } = plan;
    const index = places.get(factKey(relation, subject));
    const fact = index === undefined ? undefined : facts[index];
    if (index === undefined || fact === undefined || fact.object === taught)
      return fail(
        problem(
          "malformed_table",
          fact
            ? `The mistake about "${subject}" (${relation}) teaches "${taught}", which is right.`
            : `There is no fact "${relation}" about "${subject}" that a mistake could replace.`,
        ),
      );
    const [prompt, ...others] = promptsWithSubject(fact);
    mistakes.push({
      id: idOf(plan),
      kind,
      relation,
      prompt: prompt!,
      subject,
      target: fact.object,
      taught,
      paraphrases: others.slice(0, PARAPHRASES),
      locality: neighboursOf(facts, index, mistaken),
      portability: [],
    });
  }
  return ok(mistakes);
};
