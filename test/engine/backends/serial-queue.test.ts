import { expect, test } from "vitest";
import { createSerialQueue } from "../../../src/engine/backends/serial-queue.ts";

test("a queue starts each piece of work when the one before has ended, a failed one included", async () => {
  const queue = createSerialQueue();
  const log: string[] = [];
  const work = (name: string, fails: boolean) => async () => {
    log.push(`${name} starts`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.push(`${name} ends`);
    if (fails) throw new Error(name);
    return name;
  };
  const results = await Promise.allSettled([
    queue(work("a", false)),
    queue(work("b", true)),
    queue(work("c", false)),
  ]);
  expect(log).toEqual(["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});
