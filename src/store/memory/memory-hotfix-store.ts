import type { Digest } from "../../core/digest.ts";
import { fail, ok } from "../../core/result.ts";
import type { HotfixRecord, HotfixStore, HotfixToStore } from "../ports.ts";
import { unknownHotfix } from "../problems.ts";

/** A hotfix store that the channel store of the same process writes to. */
export interface MemoryHotfixStore extends HotfixStore {
  /** Stores a hotfix; one that is there stays as it is. */
  readonly keep: (hotfix: HotfixToStore) => void;
}

/** Keeps hotfixes in memory, for tests and for tools without a database. */
export const createMemoryHotfixStore = (): MemoryHotfixStore => {
  const records = new Map<Digest, HotfixRecord>();
  return {
    keep: ({ manifest, ...hotfix }) => {
      if (!records.has(hotfix.id)) records.set(hotfix.id, { ...hotfix, model: manifest.model.name });
    },
    findMany: async (ids) => {
      const unknown = ids.find((id) => !records.has(id));
      return unknown === undefined ? ok(ids.map((id) => records.get(id)!)) : fail(unknownHotfix(unknown));
    },
  };
};
