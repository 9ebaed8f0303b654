import { type Digest, isDigest } from "../core/digest.ts";
import { isModelName } from "../core/model/model-name.ts";
import { problem } from "../core/problem.ts";
import { parseChannelName } from "../core/release/channel.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { BundleReference } from "../store/ports.ts";

/** A bundle of a model as people name it: by number, by id, or `none` for the bare model. */
export type VersionReference =
  | { readonly kind: "none" }
  | { readonly kind: "version"; readonly version: number }
  | { readonly kind: "bundle"; readonly id: Digest };

/** What the `model` field of a request selects: a base model, and the patches on it. */
export interface ModelReference {
  readonly model: string;
  readonly selector: VersionReference | { readonly kind: "channel"; readonly channel: string };
}

/** What an absent part of a reference stands for. */
export interface ReferenceDefaults {
  readonly model: string;
  readonly channel: string;
}

const VERSION_NUMBER = /^[1-9][0-9]{0,8}$/;

const versionReference = (text: string): VersionReference | null => {
  if (text === "none") return { kind: "none" };
  if (VERSION_NUMBER.test(text)) return { kind: "version", version: Number(text) };
  return isDigest(text) ? { kind: "bundle", id: text } : null;
};

/** Reads `none`, a version number, or a bundle id; anything else is `unknown_version`. */
export const parseVersionReference = (text: string, param: string): Result<VersionReference> => {
  const reference = versionReference(text);
  if (reference) return ok(reference);
  const expected = "expected none, a version number, or a bundle id (sha256: and 64 hexadecimal digits)";
  return fail(problem("unknown_version", `"${text}" names no version: ${expected}.`, { param }));
};

/**
 * Reads the `model` field of a request: `world`, `world@canary`, `world@3`, `world@sha256:…`, `world@none`.
 * What follows the `@` is a version where it has the form of one, and a channel otherwise.
 */
export const parseModelReference = (
  text: string | undefined,
  defaults: ReferenceDefaults,
): Result<ModelReference> => {
  const [model = "", ...rest] = (text ?? defaults.model).split("@");
  if (!isModelName(model)) return fail(problem("unknown_model", `No model "${text}".`, { param: "model" }));
  if (rest.length === 0) return ok({ model, selector: { kind: "channel", channel: defaults.channel } });
  const selector = rest.join("@");
  const version = versionReference(selector);
  if (version) return ok({ model, selector: version });
  if (parseChannelName(selector).ok) return ok({ model, selector: { kind: "channel", channel: selector } });
  const expected = "expected a channel, a version number, a bundle id, or none after the @";
  return fail(problem("unknown_channel", `"${selector}" names no channel: ${expected}.`, { param: "model" }));
};

/** Reads the name of one bundle: its id, or `model@version`; anything else is `unknown_bundle`. */
export const parseBundleReference = (text: string): Result<BundleReference> => {
  if (isDigest(text)) return ok({ id: text });
  const [model = "", version = "", ...rest] = text.split("@");
  const reference = versionReference(version);
  if (rest.length === 0 && isModelName(model) && reference?.kind === "version")
    return ok({ model, version: reference.version });
  const expected =
    "expected a bundle id (sha256: and 64 hexadecimal digits) or a model and a version (world@3)";
  return fail(problem("unknown_bundle", `"${text}" names no bundle: ${expected}.`, { param: "id" }));
};
