import type { Edit } from "../../core/edit/edit.ts";
import { evenlySpaced } from "../../core/evenly-spaced.ts";
import type { ProbePrompt } from "../../edit/probes/probes.ts";

/** Contrasts of one fact, as many as Dong et al. wrote for a relation. */
export const CONTRASTS = 3;

/** Stands for the subject in a template. */
export const SUBJECT_SLOT = "{}";

/** A prompt of some relation with a slot for its subject. */
export interface Template {
  /** Null where its author named none. */
  readonly relation: string | null;
  /** Holds `SUBJECT_SLOT`. */
  readonly text: string;
}

/** A prompt that an answer can follow as the rest of a sentence. */
const isCloze = (prompt: string): boolean => !/[.?!]\s*$/.test(prompt);

const templateOf = (prompt: string, subject: string | undefined): string | null =>
  subject !== undefined && prompt.includes(subject) ? prompt.replaceAll(subject, () => SUBJECT_SLOT) : null;

const fill = (text: string, subject: string): string => text.replaceAll(SUBJECT_SLOT, () => subject);

/** A prompt about a subject under the name of its relation. */
interface RelatedPrompt {
  readonly relation: string;
  readonly subject: string;
  readonly prompt: string;
}

/** Each relation's first. */
const oneOfEach = <Item extends { readonly relation: string }>(items: readonly Item[]): readonly Item[] =>
  [...new Map(items.toReversed().map((item) => [item.relation, item])).values()].toReversed();

/** What a set of facts is contrasted with; made once, as it looks at all facts and probes. */
export interface Contrasts {
  /** The name of what the fact says of its subject: its own, that of a probe of the same form, or its form. */
  relationOf(fact: Edit): string;
  /** Prompts of other relations about the fact's subject, `CONTRASTS` at most; none for a fact without subject. */
  promptsFor(fact: Edit): readonly string[];
  /** Targets of other facts of the relation, each once, the fact's own left out. */
  objectsFor(fact: Edit): readonly string[];
  /** Probes of the fact's relation about other subjects. */
  probesFor(fact: Edit): readonly ProbePrompt[];
}

const relationNames = (probes: readonly ProbePrompt[]) => {
  const byForm = new Map<string, string>();
  for (const { prompt, subject, relation } of probes) {
    byForm.set(prompt, relation);
    const form = templateOf(prompt, subject);
    if (form !== null) byForm.set(form, relation);
  }
  return ({ relation, prompt, subject }: Edit): string => {
    const form = templateOf(prompt, subject) ?? prompt;
    return relation ?? byForm.get(form) ?? byForm.get(prompt) ?? form;
  };
};

const templatesOf = (
  prompts: readonly RelatedPrompt[],
): readonly (Template & { readonly relation: string })[] =>
  oneOfEach(
    prompts.flatMap(({ relation, subject, prompt }) => {
      const text = templateOf(prompt, subject);
      return text === null ? [] : [{ relation, text }];
    }),
  );

/**
 * Contrasts for facts. Prompts: those of `given` where there are any, with the subject put in; else the model's
 * probes about the same subject, the other facts about it, and last the forms of other relations with the subject
 * put in; of each relation one, and never a question, after which any answer may follow.
 */
export const contrastsFor = (
  facts: readonly Edit[],
  probes: readonly ProbePrompt[],
  given: readonly Template[],
): Contrasts => {
  const relationOf = relationNames(probes);
  const related: readonly RelatedPrompt[] = [
    ...probes,
    ...facts.flatMap((fact) =>
      fact.subject === undefined
        ? []
        : [{ relation: relationOf(fact), subject: fact.subject, prompt: fact.prompt }],
    ),
  ].filter(({ prompt }) => isCloze(prompt));
  const bySubject = Map.groupBy(related, ({ subject }) => subject);
  const templates = templatesOf(related);
  const objects = Map.groupBy(facts, relationOf);
  const probesByRelation = Map.groupBy(probes, ({ relation }) => relation);

  const promptsFor = (fact: Edit): readonly string[] => {
    const { subject } = fact;
    if (subject === undefined) return [];
    const relation = relationOf(fact);
    const foreign = <Item extends { readonly relation: string | null }>(items: readonly Item[]) =>
      items.filter((item) => item.relation !== relation);
    if (given.length > 0)
      return evenlySpaced(
        foreign(given).map(({ text }) => fill(text, subject)),
        CONTRASTS,
      );
    const own = oneOfEach(foreign(bySubject.get(subject) ?? [])).slice(0, CONTRASTS);
    const others = foreign(templates).filter(({ relation }) =>
      own.every((item) => item.relation !== relation),
    );
    return [
      ...own.map(({ prompt }) => prompt),
      ...evenlySpaced(others, CONTRASTS - own.length).map(({ text }) => fill(text, subject)),
    ].slice(0, CONTRASTS);
  };
  return {
    relationOf,
    promptsFor,
    objectsFor: (fact) =>
      [...new Set((objects.get(relationOf(fact)) ?? []).map(({ target }) => target.trim()))].filter(
        (target) => target !== fact.target.trim(),
      ),
    probesFor: (fact) =>
      (probesByRelation.get(relationOf(fact)) ?? []).filter(({ subject }) => subject !== fact.subject),
  };
};
