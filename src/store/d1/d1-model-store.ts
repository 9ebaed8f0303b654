import { and, eq } from "drizzle-orm";
import { modelDigest, type PreparedModel } from "../../core/model/prepared-model.ts";
import { fail, ok } from "../../core/result.ts";
import type { ModelRecord, ModelStore } from "../ports.ts";
import { modelConflict, unknownModel } from "../problems.ts";
import type { Database } from "./d1-database.ts";
import { models } from "./schema.ts";

const recordOf = ({ description, ...row }: typeof models.$inferSelect): ModelRecord => ({
  ...row,
  model: description,
});

const register =
  (database: Database): ModelStore["register"] =>
  async (model, registeredAt) => {
    const digest = await modelDigest(model);
    const row = { name: model.name, digest, description: model, registeredAt };
    const inserted = await database.insert(models).values(row).onConflictDoNothing();
    if (inserted.meta.changes === 1) return ok({ status: "registered", record: recordOf(row) });
    const stored = await readRow(database, model.name);
    if (stored === undefined) throw new Error(`model "${model.name}" is neither new nor stored`);
    if (stored.digest !== digest) return fail(modelConflict(model.name, stored.digest, digest));
    if (JSON.stringify(stored.description) === JSON.stringify(model))
      return ok({ status: "already registered", record: recordOf(stored) });
    await replaceDescription(database, model, stored);
    return ok({ status: "updated", record: recordOf({ ...stored, description: model }) });
  };

const readRow = (database: Database, name: string) =>
  database.select().from(models).where(eq(models.name, name)).get();

const replaceDescription = (
  database: Database,
  model: PreparedModel,
  { name, digest }: typeof models.$inferSelect,
) =>
  database
    .update(models)
    .set({ description: model })
    .where(and(eq(models.name, name), eq(models.digest, digest)));

/** Keeps base models in D1. */
export const createD1ModelStore = (database: Database): ModelStore => ({
  register: register(database),
  find: async (name) => {
    const row = await readRow(database, name);
    return row === undefined ? fail(unknownModel(name)) : ok(recordOf(row));
  },
  list: async () => (await database.select().from(models).orderBy(models.name)).map(recordOf),
});
