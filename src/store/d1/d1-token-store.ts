import { and, eq, getTableColumns, isNull } from "drizzle-orm";
import { fail, ok } from "../../core/result.ts";
import type { TokenStore } from "../ports.ts";
import { unknownToken } from "../problems.ts";
import type { Database } from "./d1-database.ts";
import { tokens } from "./schema.ts";

/** What leaves the store: everything but the hash. */
const { hash: _, ...recordColumns } = getTableColumns(tokens);

/** Keeps the hashes of access tokens in D1. */
export const createD1TokenStore = (database: Database): TokenStore => ({
  create: async (token, hash) => {
    await database.insert(tokens).values({ ...token, hash });
  },
  authenticate: async (hash) => {
    const live = and(eq(tokens.hash, hash), isNull(tokens.revokedAt));
    const row = await database.select(recordColumns).from(tokens).where(live).get();
    return row === undefined ? fail(unknownToken()) : ok(row);
  },
  list: () => database.select(recordColumns).from(tokens).orderBy(tokens.createdAt, tokens.id),
  revoke: async (id, revokedAt) => {
    await database
      .update(tokens)
      .set({ revokedAt })
      .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)));
    const row = await database.select(recordColumns).from(tokens).where(eq(tokens.id, id)).get();
    return row === undefined ? fail(unknownToken()) : ok(row);
  },
});
