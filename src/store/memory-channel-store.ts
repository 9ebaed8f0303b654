import type { AuditRow, ChannelState } from "../core/release/channel.ts";
import { fail, ok } from "../core/result.ts";
import type { ChannelStore } from "./ports.ts";
import { sequenceConflict, unknownChannel } from "./problems.ts";

interface Kept {
  readonly state: ChannelState;
  readonly audit: readonly AuditRow[];
}

const keyOf = (model: string, channel: string): string => JSON.stringify([model, channel]);

const compareStates = (left: ChannelState, right: ChannelState): number =>
  keyOf(left.model, left.channel) < keyOf(right.model, right.channel) ? -1 : 1;

/** Keeps channels and their audit in memory, for tests and for tools without a database. */
export const createMemoryChannelStore = (): ChannelStore => {
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
    commit: async ({ before, after, audit }) => {
      const key = keyOf(after.model, after.channel);
      const kept = channels.get(key);
      const sequence = kept?.state.sequence ?? 0;
      if (sequence !== before.sequence)
        return fail(sequenceConflict(after.channel, before.sequence, sequence));
      channels.set(key, { state: after, audit: [...(kept?.audit ?? []), audit] });
      return ok(after);
    },
    history: async (model, channel) => channels.get(keyOf(model, channel))?.audit ?? [],
  };
};
