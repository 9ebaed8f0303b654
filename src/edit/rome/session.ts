import { evenlySpaced } from "../../core/evenly-spaced.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { EMPTY_PATCH_SET } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { BlockForward, DownSite } from "../down-projection/block-forward.ts";
import type { Lookup } from "../down-projection/edit-sequences.ts";
import { type LocateSession, openLocateSession } from "../down-projection/locate-session.ts";
import { greedyAnswer } from "../frame/greedy-answer.ts";
import type { PositiveFactor } from "../linear-algebra/symmetric-positive.ts";
import type { EditingContext } from "../method.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import type { RomeSettings } from "./settings.ts";

/** What stays the same while the edits of one bundle are worked through. */
export interface RomeSession {
  readonly context: EditingContext;
  readonly settings: RomeSettings;
  readonly locate: LocateSession;
  readonly lookup: Lookup;
  readonly site: DownSite;
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

const advisedLayer = ({ trace }: PreparedModel, { sites }: BlockForward): number =>
  (sites.find(({ layer }) => layer === trace?.layer) ?? sites.at(-1)!).layer;

const advisedLookup = ({ trace }: PreparedModel): Lookup =>
  trace?.lookup === "subject_last" ? "subject-last" : "prompt-last";

/**
 * Opens the sessions, factors the second moment and reads the probes' keys. Errors: `shape_mismatch` where the block
 * takes no such patch; those of the second moment.
 */
export const openRomeSession = async (
  context: EditingContext,
  settings: RomeSettings,
): Promise<Result<RomeSession>> => {
  const locate = openLocateSession(context);
  if (!locate.ok) return locate;
  const site = locate.value.site(settings.layer ?? advisedLayer(context.model, locate.value.forward));
  if (!site.ok) return site;
  const lookup = settings.lookup ?? advisedLookup(context.model);
  const positions = lookup === "prompt-last" ? "answer" : "all";
  const factor = await locate.value.factor(context, site.value.layer, positions, settings.ridge);
  if (!factor.ok) return factor;
  const probes = await locate.value.probeKeys(context, site.value);
  if (!probes.ok) return probes;
  const contexts = await contextSentences(context, settings.contexts);
  if (!contexts.ok) return contexts;
  return ok({
    context,
    settings,
    locate: locate.value,
    lookup,
    site: site.value,
    factor: factor.value,
    probes: probes.value,
    contexts: contexts.value,
  });
};
