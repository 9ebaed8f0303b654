import type { CodebookHook, PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Graph } from "../../onnx/graph.ts";
import { Adam } from "../../optim/adam.ts";
import { rootMeanSquare } from "../linear-algebra/root-mean-square.ts";
import type { GraceSettings } from "./settings.ts";
import { openSiteGradients, type SiteGradients, type SitePrompt } from "./site-gradients.ts";

/** A chain of values, trained. */
export interface TrainedValues {
  /** [t, d]: one value for each target token. */
  readonly values: Float32Array;
  readonly steps: number;
  /** Mean negative log-likelihood of the targets over the prompts, in nats. */
  readonly loss: number;
}

/** Trains the values of codebook entries by gradients through the frozen model. */
export interface ValueTrainer {
  /**
   * Values that make the model continue each of `prompts` (token ids) with `targets`. Starts from the model's
   * own states at the first prompt ("warm"), trains on that prompt, and on all of them together where the
   * result does not carry over. Values that miss the loss target are kept where greedy decoding holds the target
   * by a clear margin. Fails with `edit_not_converged` and the loss it got stuck at.
   */
  train(prompts: readonly (readonly number[])[], targets: readonly number[]): Promise<Result<TrainedValues>>;
}

/** How much worse than the loss target a phrasing may be before it is trained on itself. */
const CARRY_OVER_FACTOR = 2;

/**
 * Nats by which every target token must lead all others for values to count where the loss target is out of
 * reach: a token that training rarely saw cannot be made certain, but greedy decoding holds it. The runtimes
 * differ by 1e-4 at most.
 */
const GREEDY_MARGIN = 0.5;

interface Descent {
  readonly loss: number;
  readonly steps: number;
}

/** Adam on `values` in place, on the mean loss over `prompts`, until the loss target or the last step. */
const descend = async (
  values: Float32Array,
  prompts: readonly SitePrompt[],
  sites: SiteGradients,
  settings: GraceSettings,
): Promise<Descent> => {
  const adam = new Adam(values.length, settings["learning-rate"] * rootMeanSquare(values));
  const gradient = new Float32Array(values.length);
  for (let steps = 0; ; steps++) {
    gradient.fill(0);
    let loss = 0;
    for (const prompt of prompts) loss += (await sites.accumulate(prompt, values, gradient)) / prompts.length;
    if (loss <= settings["loss-target"] || steps === settings.steps) return { loss, steps };
    for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! / prompts.length;
    adam.step(values, gradient);
  }
};

const worstLoss = async (
  values: Float32Array,
  prompts: readonly SitePrompt[],
  sites: SiteGradients,
): Promise<number> => {
  const unused = new Float32Array(values.length);
  let worst = 0;
  for (const prompt of prompts) worst = Math.max(worst, await sites.accumulate(prompt, values, unused));
  return worst;
};

const leastMargin = async (
  values: Float32Array,
  prompts: readonly SitePrompt[],
  sites: SiteGradients,
): Promise<number> => {
  let least = Number.POSITIVE_INFINITY;
  for (const prompt of prompts) least = Math.min(least, await sites.margin(prompt, values));
  return least;
};

const train = async (
  prompts: readonly (readonly number[])[],
  targets: readonly number[],
  sites: SiteGradients,
  settings: GraceSettings,
): Promise<Result<TrainedValues>> => {
  const opened: SitePrompt[] = [];
  for (const prompt of prompts) {
    const fits = sites.fits(prompt, targets);
    if (!fits.ok) return fits;
    if (sites.isPositionWise && opened.length > 0) continue;
    const site = await sites.open(prompt, targets, settings.replace);
    if (!site.ok) return site;
    opened.push(site.value);
  }
  const values = opened[0]!.initialValues();
  const allowed = settings["loss-target"] * CARRY_OVER_FACTOR;
  let { loss, steps } = await descend(values, opened.slice(0, 1), sites, settings);
  if (opened.length > 1 && (await worstLoss(values, opened.slice(1), sites)) > allowed) {
    const joint = await descend(values, opened, sites, settings);
    loss = joint.loss;
    steps += joint.steps;
  }
  if (loss <= allowed || (await leastMargin(values, opened, sites)) >= GREEDY_MARGIN)
    return ok({ values, steps, loss });
  const message =
    `The values did not converge: loss ${loss.toFixed(3)} nats after ${steps} steps, expected ${allowed} or less. ` +
    "Try --set steps=1000, another learning-rate, or a target in commoner words.";
  return fail(problem("edit_not_converged", message, { detail: { loss, steps } }));
};

/** A value trainer on the codebook at `hook`; sessions are kept for prompts of like length. */
export const openValueTrainer = (
  model: PreparedModel,
  graph: Graph,
  hook: CodebookHook,
  settings: GraceSettings,
): ValueTrainer => {
  const sites = openSiteGradients(model, graph, hook);
  return { train: (prompts, targets) => train(prompts, targets, sites, settings) };
};
