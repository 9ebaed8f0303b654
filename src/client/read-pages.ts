import { ok, type Result } from "../core/result.ts";

/** One page of a list. */
interface Page<Row> {
  readonly data: readonly Row[];
  readonly more: boolean;
}

/**
 * Reads a list to its end.
 *
 * @param read reads the page after the row with the number `after`; the first one where that is undefined
 * @param numberOf the number of a row
 */
export const readPages = async <Row>(
  read: (after: number | undefined) => Promise<Result<Page<Row>>>,
  numberOf: (row: Row) => number,
): Promise<Result<readonly Row[]>> => {
  const rows: Row[] = [];
  for (;;) {
    const last = rows.at(-1);
    const page = await read(last === undefined ? undefined : numberOf(last));
    if (!page.ok) return page;
    rows.push(...page.value.data);
    if (!page.value.more || page.value.data.length === 0) return ok(rows);
  }
};
