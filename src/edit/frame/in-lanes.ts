import { fail, ok, type Result } from "../../core/result.ts";

/** An item at fault. */
interface Failure {
  readonly index: number;
  readonly failed: Extract<Result<unknown>, { ok: false }>;
}

/**
 * Does `work` on every item, at most `lanes` at a time, begun in their order; values come back in that order. After a
 * failure nothing more is begun, and the failure returned is that of the earliest item, so that the outcome does not
 * depend on the number of lanes.
 */
export const inLanes = async <Item, Value>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item, index: number) => Promise<Result<Value>>,
  onDone: (done: number) => void,
): Promise<Result<readonly Value[]>> => {
  const values = new Array<Value>(items.length);
  const failures: Failure[] = [];
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (failures.length === 0 && next < items.length) {
      const index = next++;
      const worked = await work(items[index]!, index);
      if (!worked.ok) {
        failures.push({ index, failed: worked });
        return;
      }
      values[index] = worked.value;
      done += 1;
      onDone(done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  const [first] = failures.toSorted((a, b) => a.index - b.index);
  return first ? fail(first.failed.problem) : ok(values);
};
