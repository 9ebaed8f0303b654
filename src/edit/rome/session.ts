import { evenlySpaced } from "../../core/evenly-spaced.ts";
import type { Lookup } from "../../core/model/model-trace.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { BlockForward, DownSite } from "../down-projection/block-forward.ts";
import { type LocateSession, openLocateSession } from "../down-projection/locate-session.ts";
import type { PositiveFactor } from "../linear-algebra/symmetric-positive.ts";
import type { EditingContext } from "../method.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import { greedyAnswer } from "../running/greedy-answer.ts";
import type { RomeSettings } from "./settings.ts";

/** Where ROME edits a model. */
export interface RomeSite {
  readonly locate: LocateSession;
  readonly lookup: Lookup;
  readonly site: DownSite;
}

/** What stays the same while the edits of one bundle are worked through. */
export interface RomeSession extends RomeSite {
  readonly context: EditingContext;
  readonly settings: RomeSettings;
  /** C + λI of the site. */
  readonly factor: PositiveFactor;
  /** The probes with their keys at the site. */
  readonly probes: readonly ProbeState[];
  /** Sentences of the model's domain, to put before a prompt. */
  readonly contexts: readonly string[];
}

/** Probes, each completed by the model's own answer to it. */
const contextSentences = async (
  { engine, probes }: EditingContext,
  count: number,
): Promise<Result<readonly string[]>> => {
  if (count > 0 && probes.length === 0) {
    const message = "Contexts are made of the model's probe prompts, and it has none. Use --set contexts=0.";
    return fail(problem("invalid_request", message, { param: "contexts" }));
  }
  const sentences: string[] = [];
  for (const { prompt } of evenlySpaced(probes, count))
    sentences.push(`${prompt}${await greedyAnswer(engine, prompt, EMPTY_PATCH_SET)}.`);
  return ok(sentences);
};

const tracedLayer = ({ trace }: PreparedModel, { sites }: BlockForward): number =>
  (sites.find(({ layer }) => layer === trace?.layer) ?? sites.at(-1)!).layer;

/** The block and the lookup of `settings`, or those that the model's trace advises. Errors: `wrong_base_model`. */
export const locateRome = (
  context: Pick<EditingContext, "model" | "graph">,
  settings: RomeSettings,
): Result<RomeSite> => {
  const locate = openLocateSession(context);
  if (!locate.ok) return locate;
  const site = locate.value.site(settings.layer ?? tracedLayer(context.model, locate.value.forward));
  if (!site.ok) return site;
  const lookup = settings.lookup ?? context.model.trace?.lookup ?? "prompt-last";
  return ok({ locate: locate.value, lookup, site: site.value });
};

/**
 * Factors the second moment and reads the probes' keys where `locateRome` says. Errors: those of it and of the second
 * moment; `cancelled`.
 */
export const openRomeSession = async (
  context: EditingContext,
  settings: RomeSettings,
): Promise<Result<RomeSession>> => {
  const located = locateRome(context, settings);
  if (!located.ok) return located;
  const { locate, lookup, site } = located.value;
  const positions = lookup === "prompt-last" ? "answer" : "all";
  const factor = await locate.factor(context, site.layer, positions, settings.ridge);
  if (!factor.ok) return factor;
  const probes = await locate.probeKeys(context, site);
  if (!probes.ok) return probes;
  const contexts = await contextSentences(context, settings.contexts);
  if (!contexts.ok) return contexts;
  return ok({
    ...located.value,
    context,
    settings,
    factor: factor.value,
    probes: probes.value,
    contexts: contexts.value,
  });
};
