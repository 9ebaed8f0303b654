import { parseManifest } from "../core/bundle/manifest.ts";
import { problem } from "../core/problem.ts";
import type { ChannelState, PlannedMove, ReleaseTarget } from "../core/release/channel.ts";
import { parseChannelName, unreleasedChannel } from "../core/release/channel.ts";
import type { MoveContext } from "../core/release/plan-move.ts";
import { planRelease } from "../core/release/plan-release.ts";
import { planRollback } from "../core/release/plan-rollback.ts";
import type { Result } from "../core/result.ts";
import { fail, ok } from "../core/result.ts";
import type { ModelRecord, Stores } from "../store/ports.ts";
import { parseVersionReference } from "./model-reference.ts";
import { askStore, resolveVersion } from "./resolve-target.ts";

/** A move as a client asks for it. */
export interface MoveRequest {
  readonly model: string;
  readonly channel: string;
  readonly message: string;
  readonly expectedSequence?: number | undefined;
  readonly dryRun: boolean;
  readonly actor: string;
  /** ISO 8601 time. */
  readonly at: string;
}

const readChannel = async (stores: Stores, request: MoveRequest): Promise<Result<ChannelState>> => {
  const name = parseChannelName(request.channel);
  if (!name.ok) return name;
  const found = await stores.channels.find(request.model, request.channel);
  if (found.ok || found.problem.code !== "unknown_channel") return found;
  return ok(unreleasedChannel(request.model, request.channel));
};

/** The manifest names the base model's digest, and so must the model that the channel serves. */
const checkBaseModel = async (
  stores: Stores,
  record: ModelRecord,
  target: ReleaseTarget | null,
): Promise<Result<ReleaseTarget | null>> => {
  if (target === null) return ok(null);
  const bundle = await stores.bundles.find({ id: target.bundle });
  if (!bundle.ok) return bundle;
  const manifest = parseManifest(bundle.value.manifestBytes);
  if (!manifest.ok) return manifest;
  if (manifest.value.model.digest === record.digest) return ok(target);
  const message = `Version ${target.version} was made for the base model ${manifest.value.model.digest}; ${record.name} is ${record.digest}.`;
  return fail(problem("wrong_base_model", message, { param: "version" }));
};

const resolveTarget = async (
  stores: Stores,
  record: ModelRecord,
  version: string,
  param: string,
): Promise<Result<ReleaseTarget | null>> => {
  const reference = parseVersionReference(version, param);
  if (!reference.ok) return reference;
  const target = await resolveVersion(askStore(stores.bundles), record.name, reference.value);
  return target.ok ? checkBaseModel(stores, record, target.value) : target;
};

const toContext = (request: MoveRequest, channel: ChannelState): MoveContext => ({
  channel,
  message: request.message,
  actor: request.actor,
  at: request.at,
  ...(request.expectedSequence === undefined ? {} : { expectedSequence: request.expectedSequence }),
});

const commit = async (
  stores: Stores,
  request: MoveRequest,
  planned: Result<PlannedMove>,
): Promise<Result<PlannedMove>> => {
  if (!planned.ok || request.dryRun) return planned;
  const committed = await stores.channels.commit(planned.value);
  return committed.ok ? planned : committed;
};

/**
 * Points a channel at a version: one compare-and-swap with its audit row, or nothing. Under `dryRun` the plan
 * is made and not committed.
 *
 * Errors: `unknown_model`, `unknown_version`, `wrong_base_model`, and those of `planRelease` and the commit.
 */
export const releaseVersion = async (
  stores: Stores,
  request: MoveRequest,
  version: string,
): Promise<Result<PlannedMove>> => {
  const record = await stores.models.find(request.model);
  if (!record.ok) return record;
  const channel = await readChannel(stores, request);
  if (!channel.ok) return channel;
  const target = await resolveTarget(stores, record.value, version, "version");
  if (!target.ok) return target;
  return commit(stores, request, await planRelease(toContext(request, channel.value), target.value));
};

/**
 * Undoes the newest standing release of a channel, or goes back to the version `to`: a move like any other,
 * with a higher sequence.
 *
 * Errors: as `releaseVersion`, and `nothing_to_roll_back`.
 */
export const rollBack = async (
  stores: Stores,
  request: MoveRequest,
  to: string | undefined,
): Promise<Result<PlannedMove>> => {
  const record = await stores.models.find(request.model);
  if (!record.ok) return record;
  const channel = await readChannel(stores, request);
  if (!channel.ok) return channel;
  const target = to === undefined ? ok(undefined) : await resolveTarget(stores, record.value, to, "to");
  if (!target.ok) return target;
  const history = await stores.channels.history(request.model, request.channel);
  const context = toContext(request, channel.value);
  return commit(stores, request, await planRollback(context, history, target.value));
};
