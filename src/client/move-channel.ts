import type * as z from "zod";
import type { Result } from "../core/result.ts";
import { type ChannelAddress, channelPath } from "./paths.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Posts a move of a channel to the route `verb` under its path. */
export const moveChannel =
  ({ json }: Transport) =>
  <Outcome>(
    address: ChannelAddress,
    verb: string,
    request: unknown,
    outcome: z.ZodType<Outcome>,
    call?: CallOptions,
  ): Promise<Result<Outcome>> =>
    json({ method: "POST", path: `${channelPath(address)}/${verb}`, json: request }, outcome, call);
