import * as z from "zod";
import { REQUEST_LIMITS } from "./limits.ts";

/** Which page of a list to read: at most `limit` rows, those after the row with the number `after`. */
export const pageQueryOf = (after: string) => ({
  limit: z.coerce.number().int().min(1).max(REQUEST_LIMITS.pageRows).default(REQUEST_LIMITS.pageRows),
  after: z.coerce.number().int().positive().optional().meta({ description: after }),
});

/** A whole list. */
export const listOf = <Row extends z.ZodType>(row: Row) => z.object({ data: z.array(row) });

/** One page of a list; `more` says whether rows follow. */
export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ data: z.array(row), more: z.boolean() });
