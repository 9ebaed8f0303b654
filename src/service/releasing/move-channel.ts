import type { Manifest } from "../../core/bundle/manifest.ts";
import { problem } from "../../core/problem.ts";
import { type CarriedOver, carryOver, NOTHING_CARRIED } from "../../core/release/carry-over.ts";
import {
  type ChannelState,
  type PlannedMove,
  parseChannelName,
  unreleasedChannel,
} from "../../core/release/channel.ts";
import type { MoveContext } from "../../core/release/plan-move.ts";
import { planRelease } from "../../core/release/plan-release.ts";
import { planRollback } from "../../core/release/plan-rollback.ts";
import { type ReleaseTarget, setOfTarget } from "../../core/release/served-patch-set.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { HotfixToStore, ModelRecord, Stores } from "../../store/ports.ts";
import { parseVersionReference } from "../model-reference.ts";
import { type CatalogDependencies, readCatalog, readSources } from "./read-catalog.ts";
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

/** A channel to be moved, and its model. */
export interface MovableChannel {
  readonly record: ModelRecord;
  readonly channel: ChannelState;
}

/** The channel that a move is about; one that never moved is the bare model. Errors: `unknown_model`, bad names. */
export const findMovable = async (stores: Stores, request: MoveRequest): Promise<Result<MovableChannel>> => {
  const record = await stores.models.find(request.model);
  if (!record.ok) return record;
  const name = parseChannelName(request.channel);
  if (!name.ok) return name;
  const found = await stores.channels.find(request.model, request.channel);
  if (found.ok) return ok({ record: record.value, channel: found.value });
  if (found.problem.code !== "unknown_channel") return found;
  return ok({ record: record.value, channel: unreleasedChannel(request.model, request.channel) });
};

/** A version with its manifest; both null for `none`. */
interface NamedTarget {
  readonly target: ReleaseTarget | null;
  readonly manifest: Manifest | null;
}

/** The manifest names the base model's digest, and so must the model that the channel serves. */
const checkBaseModel = async (
  dependencies: CatalogDependencies,
  record: ModelRecord,
  target: ReleaseTarget,
): Promise<Result<NamedTarget>> => {
  const sources = await readSources(dependencies, setOfTarget(target));
  if (!sources.ok) return sources;
  const { manifest } = sources.value[0]!;
  if (manifest.model.digest === record.digest) return ok({ target, manifest });
  const message = `Version ${target.version} was made for the base model ${manifest.model.digest}; ${record.name} is ${record.digest}.`;
  return fail(problem("wrong_base_model", message, { param: "version" }));
};

const resolveTarget = async (
  dependencies: CatalogDependencies,
  record: ModelRecord,
  version: string,
  param: string,
): Promise<Result<NamedTarget>> => {
  const reference = parseVersionReference(version, param);
  if (!reference.ok) return reference;
  const found = await resolveVersion(askStore(dependencies.stores.bundles), record.name, reference.value);
  if (!found.ok) return found;
  return found.value === null
    ? ok({ target: null, manifest: null })
    : checkBaseModel(dependencies, record, found.value);
};

/** What a plan needs to know of a request besides what it asks for. */
export const toMoveContext = (request: MoveRequest, channel: ChannelState): MoveContext => ({
  channel,
  message: request.message,
  actor: request.actor,
  at: request.at,
  ...(request.expectedSequence === undefined ? {} : { expectedSequence: request.expectedSequence }),
});

/** Commits a plan unless it failed or this is a dry run. Errors: the plan's, and those of the commit. */
export const commitMove = async (
  stores: Stores,
  { dryRun }: Pick<MoveRequest, "dryRun">,
  planned: Result<PlannedMove>,
  hotfix?: HotfixToStore,
): Promise<Result<PlannedMove>> => {
  if (!planned.ok || dryRun) return planned;
  const committed = await stores.channels.commit(planned.value, hotfix);
  return committed.ok ? planned : committed;
};

/** Reads the old patch set only where there is something in it to carry over. */
const readCarriedOver = async (
  dependencies: CatalogDependencies,
  channel: ChannelState,
  manifest: Manifest | null,
): Promise<Result<CarriedOver>> => {
  if (channel.hotfixes.length === 0 && channel.disabled.length === 0) return ok(NOTHING_CARRIED);
  const catalog = await readCatalog(dependencies, channel);
  return catalog.ok ? ok(carryOver(catalog.value, manifest)) : catalog;
};

/**
 * Points a channel at a version: one compare-and-swap with its audit row, or nothing. What becomes of its hotfixes
 * and disabled patches, `carryOver` says. Under `dryRun` the plan is made and not committed.
 *
 * Errors: `unknown_model`, `unknown_version`, `wrong_base_model`, and those of `planRelease` and the commit.
 */
export const releaseVersion = async (
  dependencies: CatalogDependencies,
  request: MoveRequest,
  version: string,
): Promise<Result<PlannedMove>> => {
  const { stores } = dependencies;
  const movable = await findMovable(stores, request);
  if (!movable.ok) return movable;
  const { record, channel } = movable.value;
  const named = await resolveTarget(dependencies, record, version, "version");
  if (!named.ok) return named;
  const { target, manifest } = named.value;
  const carried = await readCarriedOver(dependencies, channel, manifest);
  if (!carried.ok) return carried;
  return commitMove(
    stores,
    request,
    await planRelease(toMoveContext(request, channel), target, carried.value),
  );
};

/**
 * Undoes the newest standing move of a channel, or goes back to the version `to`: a move like any other, with a
 * higher sequence.
 *
 * Errors: as `releaseVersion`, and `nothing_to_roll_back`.
 */
export const rollBack = async (
  dependencies: CatalogDependencies,
  request: MoveRequest,
  to: string | undefined,
): Promise<Result<PlannedMove>> => {
  const { stores } = dependencies;
  const movable = await findMovable(stores, request);
  if (!movable.ok) return movable;
  const { record, channel } = movable.value;
  const named = to === undefined ? ok(undefined) : await resolveTarget(dependencies, record, to, "to");
  if (!named.ok) return named;
  const history = await stores.channels.history(request.model, request.channel);
  const plan = await planRollback(toMoveContext(request, channel), history, named.value?.target);
  return commitMove(stores, request, plan);
};
