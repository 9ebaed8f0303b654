import type { Result } from "../core/result.ts";
import { auditSchema, type WireAudit } from "../wire/move.ts";
import { type ChannelAddress, withQuery } from "./paths.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** The audit of channels. */
export const auditMethods = ({ json }: Transport) => ({
  /** Every move of the channels that `of` selects, all by default, and whether their chains of hashes hold. */
  list: (of: Partial<ChannelAddress> = {}, call?: CallOptions): Promise<Result<WireAudit>> =>
    json({ method: "GET", path: withQuery("/v1/audit", { ...of }) }, auditSchema, call),
});
