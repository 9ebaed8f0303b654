import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createD1Stores } from "../../../src/store/d1/d1-stores.ts";
import type { Stores } from "../../../src/store/ports.ts";

/** The bindings that the store's tests use. */
export interface StoreBindings {
  readonly DB: D1Database;
  readonly BLOBS: R2Bucket;
  readonly TEST_MIGRATIONS: Parameters<typeof applyD1Migrations>[1];
}

/** The bindings of the Worker under test. */
export const bindings = env as unknown as StoreBindings;

/** Empties D1 and R2, applies the migrations and opens the stores. */
export const openD1Stores = async (): Promise<Stores> => {
  await reset();
  await applyD1Migrations(bindings.DB, bindings.TEST_MIGRATIONS);
  return createD1Stores(bindings.DB, bindings.BLOBS);
};
