import type { AuditRow, ChannelState } from "../../core/release/channel.ts";
import { verifyAudit } from "../../core/release/verify-audit.ts";
import { ok, type Result } from "../../core/result.ts";
import type { ChannelStore, Stores } from "../../store/ports.ts";

/** Moves of channels, and whether they are those that were made. */
export interface Audit {
  /** By model and channel, oldest move first. */
  readonly rows: readonly AuditRow[];
  /** False where any row was changed or removed. */
  readonly verified: boolean;
}

const readHistory = async (channels: ChannelStore, state: ChannelState): Promise<Audit> => {
  const rows = await channels.history(state.model, state.channel);
  return { rows, verified: (await verifyAudit(rows, state)).ok };
};

/** The audit of all channels, or of those of a model or a name. Errors: `unknown_model`. */
export const readAudit = async (
  { channels, models }: Pick<Stores, "channels" | "models">,
  of: { readonly model?: string | undefined; readonly channel?: string | undefined },
): Promise<Result<Audit>> => {
  const known = of.model === undefined ? ok(null) : await models.find(of.model);
  if (!known.ok) return known;
  const states = await channels.list(of.model);
  const selected = states.filter(({ channel }) => of.channel === undefined || channel === of.channel);
  const histories = await Promise.all(selected.map((state) => readHistory(channels, state)));
  return ok({
    rows: histories.flatMap(({ rows }) => rows),
    verified: histories.every(({ verified }) => verified),
  });
};
