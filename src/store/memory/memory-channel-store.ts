import { blobDigests } from "../../core/bundle/manifest.ts";
import type { AuditRow, ChannelState } from "../../core/release/channel.ts";
import { fail, ok } from "../../core/result.ts";
import type { BlobStore, ChannelStore } from "../ports.ts";
import { missingBlobs, sequenceConflict, unknownChannel } from "../problems.ts";
import type { MemoryHotfixStore } from "./memory-hotfix-store.ts";

interface Kept {
  readonly state: ChannelState;
  readonly audit: readonly AuditRow[];
}

const keyOf = (model: string, channel: string): string => JSON.stringify([model, channel]);

const compareStates = (left: ChannelState, right: ChannelState): number =>
  keyOf(left.model, left.channel) < keyOf(right.model, right.channel) ? -1 : 1;

/** Keeps channels and their audit in memory, for tests and for tools without a database. */
export const createMemoryChannelStore = (blobs: BlobStore, hotfixes: MemoryHotfixStore): ChannelStore => {
  const channels = new Map<string, Kept>();
  return {
    find: async (model, channel) => {
      const kept = channels.get(keyOf(model, channel));
      return kept === undefined ? fail(unknownChannel(model, channel)) : ok(kept.state);
    },
    list: async (model) =>
      [...channels.values()]
        .map(({ state }) => state)
        .filter((state) => model === undefined || state.model === model)
        .sort(compareStates),
    commit: async ({ before, after, audit }, hotfix) => {
      const missing = hotfix === undefined ? [] : await blobs.missing(blobDigests(hotfix.manifest));
      if (missing.length > 0) return fail(missingBlobs(missing));
      // From here on nothing awaits, so no other move can come in between.
      const key = keyOf(after.model, after.channel);
      const kept = channels.get(key);
      const sequence = kept?.state.sequence ?? 0;
      if (sequence !== before.sequence)
        return fail(sequenceConflict(after.channel, before.sequence, sequence));
      if (hotfix !== undefined) hotfixes.keep(hotfix);
      channels.set(key, { state: after, audit: [...(kept?.audit ?? []), audit] });
      return ok(after);
    },
    history: async (model, channel) => channels.get(keyOf(model, channel))?.audit ?? [],
    moves: async (model, channel, { limit, below = Number.POSITIVE_INFINITY }) => {
      const rows = channels.get(keyOf(model, channel))?.audit ?? [];
      const older = rows.filter(({ sequence }) => sequence < below).reverse();
      return { data: older.slice(0, limit), more: older.length > limit };
    },
  };
};
