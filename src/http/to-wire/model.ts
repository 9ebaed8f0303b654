import type { ChannelState } from "../../core/release/channel.ts";
import type { DescribedModel } from "../../service/models/describe-models.ts";
import type { ModelRecord } from "../../store/ports.ts";
import type { WireModel, WireModelDetail } from "../../wire/model.ts";
import { toWireChannel } from "./channel.ts";

const MILLISECONDS_OF_A_SECOND = 1000;

const inSeconds = (time: string): number => Math.floor(Date.parse(time) / MILLISECONDS_OF_A_SECOND);

/** Puts a base model on the wire; `served` is the state of the channel that its bare name follows. */
export const toWireModel = (record: ModelRecord, served: ChannelState): WireModel => ({
  id: record.name,
  object: "model",
  created: inSeconds(record.registeredAt),
  owned_by: "errata",
  parent: null,
  root: record.digest,
  errata: {
    bundle: served.target?.bundle ?? null,
    version: served.target?.version ?? null,
    channel: served.channel,
  },
});

/** Puts a channel on the wire as a model of its own; `root` is the base model while it serves no bundle. */
export const toWireChannelModel = (record: ModelRecord, state: ChannelState): WireModel => ({
  ...toWireModel(record, state),
  id: `${record.name}@${state.channel}`,
  created: inSeconds(state.updatedAt ?? record.registeredAt),
  parent: record.name,
  root: state.target?.bundle ?? record.digest,
});

/** Puts a model on the wire with its description and its channels. */
export const toWireModelDetail = (described: DescribedModel): WireModelDetail => {
  const { record, served, channels, isChannel, bundles } = described;
  const model = isChannel ? toWireChannelModel(record, served) : toWireModel(record, served);
  const { digest, model: prepared } = record;
  return {
    ...model,
    errata: { ...model.errata, digest, prepared, bundles, channels: channels.map(toWireChannel) },
  };
};
