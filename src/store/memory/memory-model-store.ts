import { modelDigest } from "../../core/model/prepared-model.ts";
import { fail, ok } from "../../core/result.ts";
import type { ModelRecord, ModelStore } from "../ports.ts";
import { modelConflict, unknownModel } from "../problems.ts";

/** Keeps base models in memory, for tests and for tools without a database. */
export const createMemoryModelStore = (): ModelStore => {
  const records = new Map<string, ModelRecord>();
  return {
    register: async (model, registeredAt) => {
      const digest = await modelDigest(model);
      const stored = records.get(model.name);
      if (stored !== undefined && stored.digest !== digest)
        return fail(modelConflict(model.name, stored.digest, digest));
      const record = {
        name: model.name,
        digest,
        model,
        registeredAt: stored?.registeredAt ?? registeredAt,
      };
      records.set(model.name, record);
      if (stored === undefined) return ok({ status: "registered", record });
      const same = JSON.stringify(stored.model) === JSON.stringify(model);
      return ok({ status: same ? "already registered" : "updated", record });
    },
    find: async (name) => {
      const record = records.get(name);
      return record === undefined ? fail(unknownModel(name)) : ok(record);
    },
    list: async () => [...records.values()].sort((left, right) => (left.name < right.name ? -1 : 1)),
  };
};
