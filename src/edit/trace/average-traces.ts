import { type Lookup, TOKEN_ROLES, type TokenRole } from "../../core/model/model-trace.ts";
import type { FactTrace } from "./trace-fact.ts";
import { rolesAt, type TracePrompt } from "./trace-prompt.ts";
import { TRACE_SITES, type TraceSite } from "./trace-session.ts";

/** Mean indirect effects by what a token is to its fact, [L] each; null where no fact has such a token. */
export type RoleEffects = Readonly<Record<TokenRole, readonly number[] | null>>;

/** A trace averaged over facts. */
export interface AverageTrace {
  readonly facts: number;
  readonly clean: number;
  readonly corrupted: number;
  readonly effects: Readonly<Record<TraceSite, RoleEffects>>;
}

/** Where to edit: which token an edit looks up, and at the FFN of which block. */
export interface EditSite {
  readonly lookup: Lookup;
  readonly layer: number;
}

/** A traced fact and its prompt. */
export interface TracedFact {
  readonly prompt: TracePrompt;
  readonly trace: FactTrace;
}

const meanOf = (rows: readonly (readonly number[])[]): readonly number[] | null =>
  rows.length === 0
    ? null
    : rows[0]!.map((_, block) => rows.reduce((sum, row) => sum + row[block]!, 0) / rows.length);

/** The mean over one fact's tokens of a role, so that a long fact weighs no more than a short one. */
const ofRole = ({ prompt, trace }: TracedFact, site: TraceSite, role: TokenRole): readonly number[] | null =>
  meanOf(trace.effects[site].filter((_, position) => rolesAt(prompt, position).includes(role)));

const averageSite = (facts: readonly TracedFact[], site: TraceSite): RoleEffects =>
  Object.fromEntries(
    TOKEN_ROLES.map((role) => [
      role,
      meanOf(facts.map((fact) => ofRole(fact, site, role)).filter((row) => row !== null)),
    ]),
  ) as Record<TokenRole, readonly number[] | null>;

/** Averages traces over facts by the roles of their tokens: the average indirect effect (ROME, figure 2). */
export const averageTraces = (facts: readonly TracedFact[]): AverageTrace => {
  const mean = (pick: (trace: FactTrace) => number) =>
    facts.reduce((sum, { trace }) => sum + pick(trace), 0) / facts.length;
  return {
    facts: facts.length,
    clean: mean(({ clean }) => clean),
    corrupted: mean(({ corrupted }) => corrupted),
    effects: Object.fromEntries(TRACE_SITES.map((site) => [site, averageSite(facts, site)])) as Record<
      TraceSite,
      RoleEffects
    >,
  };
};

const peak = (effects: readonly number[] | null): { readonly layer: number; readonly effect: number } =>
  (effects ?? []).reduce((best, effect, layer) => (effect > best.effect ? { layer, effect } : best), {
    layer: 0,
    effect: Number.NEGATIVE_INFINITY,
  });

/**
 * The edit site that a trace advises: where restoring the FFN brings back most, at the subject's last token (ROME's
 * choice, which models of real text show) or at the prompt's last.
 */
export const adviseSite = ({ effects: { ffn } }: Pick<AverageTrace, "effects">): EditSite => {
  const subject = peak(ffn["subject-last"]);
  const prompt = peak(ffn["prompt-last"]);
  return subject.effect > prompt.effect
    ? { lookup: "subject-last", layer: subject.layer }
    : { lookup: "prompt-last", layer: prompt.layer };
};
