import type { Result } from "../core/result.ts";
import type { DisableOutcome, EnableOutcome, ToggleRequest, WireChannelPatches } from "../wire/patch.ts";
import { channelPatchesSchema, disableOutcomeSchema, enableOutcomeSchema } from "../wire/patch.ts";
import type { ChannelAddress } from "./paths.ts";
import { channelPath } from "./paths.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** The patches that a channel holds. */
export const patchMethods = ({ json }: Transport) => ({
  /** A channel with every patch that it holds, attached or disabled. */
  list: (address: ChannelAddress, call?: CallOptions): Promise<Result<WireChannelPatches>> =>
    json({ method: "GET", path: `${channelPath(address)}/patches` }, channelPatchesSchema, call),

  /** Takes one patch off a channel. Errors: `unknown_patch`. */
  disable: (
    address: ChannelAddress,
    request: ToggleRequest,
    call?: CallOptions,
  ): Promise<Result<DisableOutcome>> =>
    json(
      { method: "POST", path: `${channelPath(address)}/disable`, json: request },
      disableOutcomeSchema,
      call,
    ),

  /** Puts a disabled patch back. Errors: `unknown_patch`. */
  enable: (
    address: ChannelAddress,
    request: ToggleRequest,
    call?: CallOptions,
  ): Promise<Result<EnableOutcome>> =>
    json(
      { method: "POST", path: `${channelPath(address)}/enable`, json: request },
      enableOutcomeSchema,
      call,
    ),
});
