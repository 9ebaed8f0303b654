import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import * as schema from "./schema.ts";

/** The service's D1 database through drizzle. */
export type Database = DrizzleD1Database<typeof schema>;

/** Wraps a D1 binding, or a session of one. */
export const openDatabase = (binding: D1Database): Database => drizzle(binding, { schema });
