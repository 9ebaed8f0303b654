import { problem } from "../../core/problem.ts";
import { type ChannelState, parseChannelName, unreleasedChannel } from "../../core/release/channel.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { ModelRecord } from "../../store/ports.ts";
import type { ServiceDependencies } from "../dependencies.ts";

/** A base model with its channels. */
export interface ListedModel {
  readonly record: ModelRecord;
  /** The channel that the model's bare name follows. */
  readonly served: ChannelState;
  /** Those that have ever moved, by name. */
  readonly channels: readonly ChannelState[];
}

/** A base model, or a channel of one, with all that is known of it. */
export interface DescribedModel extends ListedModel {
  /** Whether it was named as a channel, of which `served` is the state then. */
  readonly isChannel: boolean;
  /** Number of bundles published, which is the newest's version. */
  readonly bundles: number;
}

type Dependencies = Pick<ServiceDependencies, "stores" | "defaults">;

/** Reads `world` or `world@canary`; anything after a second @ is part of no channel's name. */
const parseModelAddress = (
  text: string,
): Result<{ readonly name: string; readonly channel: string | undefined }> => {
  const [name = "", ...rest] = text.split("@");
  if (rest.length === 0) return ok({ name, channel: undefined });
  const channel = parseChannelName(rest.join("@"));
  if (channel.ok) return ok({ name, channel: channel.value });
  return fail(
    problem("unknown_channel", `"${text.slice(0, 200)}" names no model and channel.`, { param: "name" }),
  );
};

const stateOf = (channels: readonly ChannelState[], name: string): ChannelState | undefined =>
  channels.find(({ channel }) => channel === name);

/** Every base model, by name. */
export const listModels = async ({ stores, defaults }: Dependencies): Promise<readonly ListedModel[]> => {
  const [records, states] = await Promise.all([stores.models.list(), stores.channels.list()]);
  return records.map((record) => {
    const channels = states.filter(({ model }) => model === record.name);
    const served = stateOf(channels, defaults.channel) ?? unreleasedChannel(record.name, defaults.channel);
    return { record, served, channels };
  });
};

/** The model, or the channel of one, that `address` names: `world`, `world@canary`. Errors: `unknown_model`, `unknown_channel`. */
export const describeModel = async (
  { stores, defaults }: Dependencies,
  address: string,
): Promise<Result<DescribedModel>> => {
  const parsed = parseModelAddress(address);
  if (!parsed.ok) return parsed;
  const { name, channel = defaults.channel } = parsed.value;
  const record = await stores.models.find(name);
  if (!record.ok) return record;
  const [channels, newest] = await Promise.all([
    stores.channels.list(name),
    stores.bundles.list(name, { limit: 1 }),
  ]);
  const untouched = channel === defaults.channel ? unreleasedChannel(name, channel) : undefined;
  const served = stateOf(channels, channel) ?? untouched;
  if (served === undefined)
    return fail(
      problem("unknown_channel", `The model ${name} has no channel "${channel}".`, { param: "name" }),
    );
  const isChannel = parsed.value.channel !== undefined;
  return ok({ record: record.value, served, channels, isChannel, bundles: newest.data[0]?.version ?? 0 });
};
