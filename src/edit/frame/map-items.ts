import type { Result } from "../../core/result.ts";
import type { EditingContext } from "../method.ts";
import { letEventsIn } from "../running/let-events-in.ts";
import type { Compute, Task } from "../workbench.ts";
import { inLanes } from "./in-lanes.ts";

/** At most this many items are computed in this process: starting workers takes longer than they do. */
export const FEW_ITEMS = 4;

/** The same computation in two places: here, on what is open already, and in a worker. */
export interface ItemWork<Shared, Item, Value> {
  readonly task: Task<Shared, Item, Value>;
  /** What values are remembered under, beside their index; unique within the job. */
  readonly key: string;
  /** What workers open the task with; asked for where there are any. */
  readonly shared: () => Shared;
  /** What the task computes, in this process. */
  readonly here: Compute<Item, Value>;
  /** The stage that progress is told of, item by item. */
  readonly stage: string;
}

/** `compute`, once events were let in: fails with `cancelled` after an interrupt. */
const interruptible =
  <Item, Value>(compute: Compute<Item, Value>, signal: EditingContext["signal"]): Compute<Item, Value> =>
  async (item) => {
    const running = await letEventsIn(signal);
    return running.ok ? compute(item) : running;
  };

/**
 * Computes every item, by the context's workers where there are more than a few, each value remembered as it is
 * finished; values are in the items' order. Fails as the earliest item that fails does.
 */
export const mapItems = <Shared, Item, Value>(
  items: readonly Item[],
  { task, key, shared, here, stage }: ItemWork<Shared, Item, Value>,
  { workbench, onProgress, signal }: Pick<EditingContext, "workbench" | "onProgress" | "signal">,
): Promise<Result<readonly Value[]>> => {
  const workers = items.length > FEW_ITEMS ? workbench.workers : null;
  const compute = workers ? workers.open(task, shared()) : interruptible(here, signal);
  // What was remembered is no news, and would make the rest look as fast.
  let begun = false;
  return inLanes(
    items,
    workers?.count ?? 1,
    (item, index) =>
      workbench.remember(`${key} ${index}`, () => {
        begun = true;
        return compute(item);
      }),
    (done) => {
      if (begun) onProgress({ stage, done, total: items.length });
    },
  );
};
