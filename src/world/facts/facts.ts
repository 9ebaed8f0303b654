import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Relation } from "../relations/relation.ts";
import type { Table } from "../tables/parse-tables.ts";

/** One fact: the object that follows any phrasing of the relation with this subject. */
export interface Fact {
  readonly relation: Relation;
  readonly subject: string;
  readonly object: string;
}

/** No relation may hold more than this share of all facts. */
export const LARGEST_SHARE = 0.15;

/** Names a fact: relation and subject. */
export const factKey = (relation: string, subject: string): string => `${relation}/${subject}`;

/** A template with its subject put in, beginning with a capital letter where the subject begins it. */
export const withSubject = (template: string, subject: string): string => {
  const text = template.replace("{subject}", () => subject);
  return template.startsWith("{subject}") ? text[0]!.toUpperCase() + text.slice(1) : text;
};

/** The prompt that phrasing number `phrasing` of the fact's relation makes with its subject. */
export const promptOf = (fact: Fact, phrasing: number): string =>
  withSubject(fact.relation.phrasings[phrasing]!, fact.subject);

const malformed = (file: string, message: string): Result<never> =>
  fail(problem("malformed_table", `${file}: ${message}`, { param: file }));

/** A phrasing that begins another one would be continued with the other's words as well as with the object. */
const prefixFault = ({ phrasings }: Relation): string | undefined => {
  for (const shorter of phrasings)
    for (const longer of phrasings)
      if (longer.length > shorter.length && longer.startsWith(shorter))
        return `no phrasing may begin with another: "${longer}" begins with "${shorter}"`;
  return undefined;
};

const relationFault = (relation: Relation, table: Table | undefined): string | undefined => {
  if (!table) return `the relation "${relation.name}" names a table that is not there`;
  for (const column of [relation.subject, relation.object])
    if (!table.columns.includes(column))
      return `the relation "${relation.name}" needs a column "${column}", the table has ${table.columns.join(", ")}`;
  const bad = relation.phrasings.find((phrasing) => phrasing.split("{subject}").length !== 2);
  return bad === undefined ? prefixFault(relation) : `a phrasing must hold {subject} once: "${bad}"`;
};

/** Two facts that answer one prompt differently contradict each other, whichever tables they come from. */
const findContradiction = (facts: readonly (Fact & { readonly at: string })[]): Result<void> => {
  const answers = new Map<string, { object: string; at: string }>();
  for (const fact of facts)
    for (const phrasing of fact.relation.phrasings.keys()) {
      const prompt = promptOf(fact, phrasing);
      const known = answers.get(prompt);
      if (known && known.object !== fact.object)
        return malformed(
          fact.at,
          `"${prompt}" continues with "${fact.object}" here and with "${known.object}" at ${known.at}`,
        );
      answers.set(prompt, { object: fact.object, at: fact.at });
    }
  return ok(undefined);
};

const factsOf = (relation: Relation, table: Table): (Fact & { at: string })[] =>
  table.rows.flatMap(({ line, cells }) => {
    const object = cells.get(relation.object)!;
    return object === ""
      ? []
      : [{ relation, subject: cells.get(relation.subject)!, object, at: `${table.name}.tsv:${line}` }];
  });

/**
 * Every fact of the relations, in their order. Fails with `malformed_table` where a relation does not fit its
 * table, where two facts give one prompt different answers, and where a relation holds over 15 % of all facts.
 */
export const factsFrom = (
  tables: ReadonlyMap<string, Table>,
  relations: readonly Relation[],
): Result<readonly Fact[]> => {
  const facts: (Fact & { at: string })[] = [];
  for (const relation of relations) {
    const table = tables.get(relation.table);
    const fault = relationFault(relation, table);
    if (fault !== undefined) return malformed(`${relation.table}.tsv`, fault);
    facts.push(...factsOf(relation, table!));
  }
  const consistent = findContradiction(facts);
  if (!consistent.ok) return consistent;
  const counts = Map.groupBy(facts, ({ relation }) => relation);
  for (const [relation, held] of counts)
    if (held.length > LARGEST_SHARE * facts.length)
      return malformed(
        `${relation.table}.tsv`,
        `the relation "${relation.name}" holds ${held.length} of ${facts.length} facts, over 15 %`,
      );
  return ok(facts.map(({ relation, subject, object }) => ({ relation, subject, object })));
};
