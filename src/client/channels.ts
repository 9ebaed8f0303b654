import { ok, type Result } from "../core/result.ts";
import { channelListSchema, channelSchema, type WireChannel } from "../wire/channel.ts";
import {
  historyPageSchema,
  type ReleaseRequest,
  type RollbackRequest,
  releaseOutcomeSchema,
  type WireMove,
} from "../wire/move.ts";
import { moveChannel } from "./move-channel.ts";
import { type ChannelAddress, channelPath, withQuery } from "./paths.ts";
import { readPages } from "./read-pages.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Channels, and the moves that change what they serve. */
export const channelMethods = (transport: Transport) => {
  const { json } = transport;
  const move = moveChannel(transport);
  return {
    /** The channels of a model that have ever moved; those of all models where none is named. */
    list: async (model?: string, call?: CallOptions): Promise<Result<readonly WireChannel[]>> => {
      const path = withQuery("/v1/channels", { model });
      const answer = await json({ method: "GET", path }, channelListSchema, call);
      return answer.ok ? ok(answer.value.data) : answer;
    },

    /** A channel as it stands. Errors: `unknown_channel`. */
    find: (address: ChannelAddress, call?: CallOptions): Promise<Result<WireChannel>> =>
      json({ method: "GET", path: channelPath(address) }, channelSchema, call),

    /** Points a channel at a version: a number, a bundle id, or `none`. Errors: `sequence_conflict`. */
    release: (address: ChannelAddress, request: ReleaseRequest, call?: CallOptions) =>
      move(address, "release", request, releaseOutcomeSchema, call),

    /** Undoes a channel's newest standing move, or goes back to the version `to`. Errors: `nothing_to_roll_back`. */
    rollBack: (address: ChannelAddress, request: RollbackRequest, call?: CallOptions) =>
      move(address, "rollback", request, releaseOutcomeSchema, call),

    /** Every move of a channel, newest first. */
    history: (address: ChannelAddress, call?: CallOptions): Promise<Result<readonly WireMove[]>> => {
      const path = `${channelPath(address)}/history`;
      return readPages(
        (after) => json({ method: "GET", path: withQuery(path, { after }) }, historyPageSchema, call),
        ({ sequence }) => sequence,
      );
    },
  };
};
