import { z } from "zod";
import type { Signature } from "../core/bundle/signature.ts";
import type { Digest } from "../core/digest.ts";
import type { Result } from "../core/result.ts";
import type { ServiceClient } from "./client.ts";
import type { MoveRequest } from "./service-api.ts";
import { channelPath } from "./service-api.ts";
import type { WireChannel, WireChannelPatch, WireMoved } from "./wire.ts";
import { channelPatchSchema, channelSchema, hotfixSchema, movedSchema } from "./wire.ts";

/*
 * The service's routes about a channel's patches and hotfixes.
 */

/** Every patch that a channel holds, attached or disabled. */
export const listChannelPatches = (
  client: ServiceClient,
  model: string,
  channel: string,
): Promise<Result<{ readonly channel: WireChannel; readonly data: readonly WireChannelPatch[] }>> =>
  client.json(
    { method: "GET", path: `${channelPath(model, channel)}/patches` },
    z.object({ channel: channelSchema, data: z.array(channelPatchSchema) }),
  );

/** Takes one patch off a channel, or puts it back. */
export const togglePatch = (
  client: ServiceClient,
  { model, channel, message, dryRun }: MoveRequest,
  patch: string,
  action: "disable" | "enable",
): Promise<Result<WireMoved>> =>
  client.json(
    { method: "POST", path: `${channelPath(model, channel)}/${action}`, json: { patch, message, dryRun } },
    movedSchema,
  );

/** A hotfix's manifest by its id, in base64. */
export const findHotfix = (
  client: ServiceClient,
  id: Digest,
): Promise<Result<z.infer<typeof hotfixSchema>>> =>
  client.json({ method: "GET", path: `/v1/hotfixes/${id}` }, hotfixSchema);

/** A hotfix whose blobs are uploaded. */
export interface HotfixUpload {
  readonly manifest: string;
  readonly signatures: readonly Signature[];
  /** Ids of the patches that it supersedes. */
  readonly disable: readonly string[];
  /** The sequence that it was made on. */
  readonly expectedSequence: number;
}

/** Puts a hotfix live. */
export const putHotfix = (
  client: ServiceClient,
  { model, channel, message }: Omit<MoveRequest, "dryRun">,
  upload: HotfixUpload,
): Promise<Result<WireMoved>> =>
  client.json(
    { method: "POST", path: `${channelPath(model, channel)}/hotfixes`, json: { ...upload, message } },
    movedSchema,
  );
