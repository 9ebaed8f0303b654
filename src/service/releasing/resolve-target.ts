import { problem } from "../../core/problem.ts";
import { type ChannelState, unreleasedChannel } from "../../core/release/channel.ts";
import type { ReleaseTarget } from "../../core/release/served-patch-set.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { BundleReference, BundleStore, BundleSummary, ChannelStore } from "../../store/ports.ts";
import type { ServiceDependencies } from "../dependencies.ts";
import type { VersionReference } from "../model-reference.ts";

/** A channel as it stands; one that never moved is the bare model if it is the default, and unknown if not. */
export const findChannel = async (
  channels: ChannelStore,
  model: string,
  channel: string,
  defaultChannel: string,
): Promise<Result<ChannelState>> => {
  const found = await channels.find(model, channel);
  if (found.ok || found.problem.code !== "unknown_channel" || channel !== defaultChannel) return found;
  return ok(unreleasedChannel(model, channel));
};

/** A channel of a registered model, found as `findChannel` does. Errors: `unknown_model`, `unknown_channel`. */
export const findChannelOf = async (
  { stores, defaults }: Pick<ServiceDependencies, "stores" | "defaults">,
  model: string,
  channel: string,
): Promise<Result<ChannelState>> => {
  const record = await stores.models.find(model);
  return record.ok ? findChannel(stores.channels, model, channel, defaults.channel) : record;
};

/** Looks up a bundle's summary; the caller may keep what it was told, as bundles never change. */
export type SummaryLookup = (reference: BundleReference) => Promise<Result<BundleSummary>>;

/** The lookup that asks the store each time. */
export const askStore =
  (bundles: BundleStore): SummaryLookup =>
  (reference) =>
    bundles.summary(reference);

/**
 * The bundle of `model` that a version reference names; null for `none`.
 * Errors: `unknown_version`, `unknown_bundle`; `wrong_base_model` for another model's bundle.
 */
export const resolveVersion = async (
  lookup: SummaryLookup,
  model: string,
  reference: VersionReference,
): Promise<Result<ReleaseTarget | null>> => {
  if (reference.kind === "none") return ok(null);
  const found = await lookup(
    reference.kind === "bundle" ? { id: reference.id } : { model, version: reference.version },
  );
  if (!found.ok) return found;
  const { id, version } = found.value;
  if (found.value.model === model) return ok({ bundle: id, version });
  const message = `The bundle ${id} was made for the model ${found.value.model}, not for ${model}.`;
  return fail(problem("wrong_base_model", message, { param: "version" }));
};
