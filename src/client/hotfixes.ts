import type { Digest } from "../core/digest.ts";
import type { Result } from "../core/result.ts";
import { type HotfixRequest, hotfixOutcomeSchema, hotfixSchema, type WireHotfix } from "../wire/hotfix.ts";
import { moveChannel } from "./move-channel.ts";
import type { ChannelAddress } from "./paths.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Hotfixes: signed patches put live on a channel without a bundle. */
export const hotfixMethods = (transport: Transport) => ({
  /** Puts a hotfix live whose blobs are uploaded. */
  put: (address: ChannelAddress, request: HotfixRequest, call?: CallOptions) =>
    moveChannel(transport)(address, "hotfixes", request, hotfixOutcomeSchema, call),

  /** A hotfix, live or not. Errors: `unknown_hotfix`. */
  find: (id: Digest, call?: CallOptions): Promise<Result<WireHotfix>> =>
    transport.json({ method: "GET", path: `/v1/hotfixes/${id}` }, hotfixSchema, call),
});
