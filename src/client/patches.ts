import type { Result } from "../core/result.ts";
import {
  channelPatchesSchema,
  disableOutcomeSchema,
  enableOutcomeSchema,
  type ToggleRequest,
  type WireChannelPatches,
} from "../wire/patch.ts";
import { moveChannel } from "./move-channel.ts";
import { type ChannelAddress, channelPath } from "./paths.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** The patches that a channel holds. */
export const patchMethods = (transport: Transport) => {
  const move = moveChannel(transport);
  return {
    /** A channel with every patch that it holds, attached or disabled. */
    list: (address: ChannelAddress, call?: CallOptions): Promise<Result<WireChannelPatches>> =>
      transport.json({ method: "GET", path: `${channelPath(address)}/patches` }, channelPatchesSchema, call),

    /** Takes one patch off a channel. Errors: `unknown_patch`. */
    disable: (address: ChannelAddress, request: ToggleRequest, call?: CallOptions) =>
      move(address, "disable", request, disableOutcomeSchema, call),

    /** Puts a disabled patch back. Errors: `unknown_patch`. */
    enable: (address: ChannelAddress, request: ToggleRequest, call?: CallOptions) =>
      move(address, "enable", request, enableOutcomeSchema, call),
  };
};
