import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ok } from "../../../src/core/result.ts";
import { inLanes } from "../../../src/edit/frame/in-lanes.ts";
import type { Task } from "../../../src/edit/workbench.ts";
import { defaultWorkers } from "../../../src/workshop/workers/worker-count.ts";
import { openWorkerPool, type WorkerPool } from "../../../src/workshop/workers/worker-pool.ts";

type Item = number | "throw" | "exit" | "die" | "spin";

const task: Task<null, Item, number> = { name: "odd", open: async () => ok(async () => ok(0)) };

let pool: WorkerPool;
afterEach(() => pool.close());

const open = (count: number, signal = new AbortController().signal) => {
  const module = join(import.meta.dirname, "support", "odd-worker.ts");
  pool = openWorkerPool({ count, modelDirectory: "none", signal, module });
  const compute = pool.open(task, null);
  return (items: readonly Item[]) => inLanes(items, count, compute, () => undefined);
};

describe("a pool of workers", () => {
  it("computes in processes of their own, values in order", async () => {
    const values = await open(2)([1, 2, 3, 4, 5]);
    expect(values).toEqual(ok([2, 4, 6, 8, 10]));
  });

  it.each([
    ["throw", "a bug"],
    ["exit", "exit code 3"],
    ["die", "SIGSEGV"],
  ] as const)("says so where a worker breaks down, and what to do: %s", async (item, reason) => {
    const failed = await open(2)([1, item, 3]);
    expect(failed).toMatchObject({
      ok: false,
      problem: {
        code: "internal",
        message: expect.stringMatching(new RegExp(`${reason}.*Run the same command again; --workers 1`)),
      },
    });
  });

  it("ends workers that are at work as soon as it is interrupted", async () => {
    const interrupt = new AbortController();
    const working = open(2, interrupt.signal)(["spin", "spin", 1]);
    setTimeout(() => interrupt.abort(), 200);
    const started = performance.now();
    expect(await working).toMatchObject({ ok: false, problem: { code: "cancelled" } });
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("the number of workers", () => {
  const files = { weights: new Uint8Array(16 * 2 ** 20) };
  const eachBytes = (128 + 16 * 16) * 2 ** 20;

  it("is what memory takes, at least one", () => {
    open(1);
    expect(defaultWorkers(files, { availableMemory: () => 0 })).toBe(1);
    expect(defaultWorkers(files, { availableMemory: () => 1.9 * eachBytes })).toBe(1);
    expect(defaultWorkers(files, { availableMemory: () => Number.POSITIVE_INFINITY })).toBeGreaterThanOrEqual(
      1,
    );
  });
});
