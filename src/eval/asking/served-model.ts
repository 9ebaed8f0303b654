import { type BuiltBundle, buildBundle } from "../../core/bundle/build-bundle.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { ANSWER_TOKENS } from "../../edit/running/greedy-answer.ts";
import type { Attachment, EvaluatedModel, Respondent } from "./evaluated-model.ts";
import { type ServedCompletion, toAnswer, toScore } from "./served-answer.ts";

/** Alternatives asked for at each position: as many as the service, with OpenAI, allows. */
const SERVED_ALTERNATIVES = 5;

/** Most bundles that one evaluation publishes: one for each edit alone, and one for each look at the sequence. */
export const MAX_PUBLISHED_BUNDLES = 2000;

/** What an evaluation asks of a prompt: an answer, or how probable `errata.score` is after it. */
export interface ServedRequest {
  readonly model: string;
  readonly prompt: string;
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly logprobs?: number;
  readonly errata?: { readonly score: string };
}

/** The service as an evaluation uses it. */
export interface EvaluatedService {
  /** Posts `request` to `/v1/completions`. */
  complete(request: ServedRequest): Promise<Result<ServedCompletion>>;
  /** Uploads the blobs that the service lacks, signs the manifest and publishes. Again for the same: nothing new. */
  publish(bundle: BuiltBundle): Promise<Result<unknown>>;
}

/** What bundles are built with. */
export interface ServedModelParts {
  readonly service: EvaluatedService;
  /** The model as the service has it, digests and all. */
  readonly model: PreparedModel;
  readonly method: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
}

const respondent = (service: EvaluatedService, model: string): Respondent => ({
  answer: async (prompt) => {
    const served = await service.complete({
      model,
      prompt,
      max_tokens: ANSWER_TOKENS,
      temperature: 0,
      logprobs: SERVED_ALTERNATIVES,
    });
    return served.ok ? toAnswer(served.value) : served;
  },
  score: async (prompt, target) => {
    const served = await service.complete({ model, prompt, errata: { score: target } });
    return served.ok ? toScore(served.value) : served;
  },
  // The bundle stays published, as every bundle does; no channel ever served it.
  close: () => Promise.resolve(ok(null)),
});

/** The bundle of an attachment; its parameters say what it was made for. */
const bundleOf = ({ model, method, settings, seed }: ServedModelParts, attachment: Attachment) =>
  buildBundle({
    edits: attachment.edits,
    patches: attachment.patches,
    method,
    parameters: { ...settings, purpose: "evaluation" },
    seed,
    model,
    parent: null,
    report: null,
  });

/**
 * A model behind a live service. Patches go the way of every patch: each attachment is published as a signed bundle
 * and asked for by its digest (`world@sha256:...`), so no channel moves and no other client is answered from it. The
 * unedited model is `world@none`. Equal attachments are one bundle; at most `MAX_PUBLISHED_BUNDLES` are published.
 *
 * Errors: `limit_exceeded` past that; those of `buildBundle` and of the service.
 */
export const servedModel = (parts: ServedModelParts): EvaluatedModel => {
  const { service, model } = parts;
  const published = new Set<string>();
  const publish = async (bundle: BuiltBundle): Promise<Result<unknown>> => {
    if (published.has(bundle.id)) return ok(null);
    if (published.size === MAX_PUBLISHED_BUNDLES) {
      const message = `An evaluation publishes at most ${MAX_PUBLISHED_BUNDLES} bundles. Measure fewer edits with --limit, or ask the engine with --through engine.`;
      return fail(problem("limit_exceeded", message, { param: "--through" }));
    }
    const sent = await service.publish(bundle);
    if (sent.ok) published.add(bundle.id);
    return sent;
  };
  return {
    attach: async (attachment) => {
      if (attachment.patches.length === 0) return ok(respondent(service, `${model.name}@none`));
      const bundle = await bundleOf(parts, attachment);
      if (!bundle.ok) return bundle;
      const sent = await publish(bundle.value);
      return sent.ok ? ok(respondent(service, `${model.name}@${bundle.value.id}`)) : sent;
    },
  };
};
