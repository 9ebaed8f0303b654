import { describe, expect, it } from "vitest";
import { problem } from "../../../src/core/problem.ts";
import { fail, ok } from "../../../src/core/result.ts";
import { SingleFlightCache } from "../../../src/service/answering/single-flight-cache.ts";

const cacheOf = (budget: number) => new SingleFlightCache<number>(budget, (bytes) => bytes);

describe("the single-flight cache", () => {
  it("loads once for callers that come during the load, and not again", async () => {
    const cache = cacheOf(10);
    let loads = 0;
    const gate = Promise.withResolvers<void>();
    const load = async () => {
      loads += 1;
      await gate.promise;
      return ok(4);
    };
    const all = Promise.all([cache.get("a", load), cache.get("a", load), cache.get("a", load)]);
    gate.resolve();
    expect(await all).toEqual([ok(4), ok(4), ok(4)]);
    expect(await cache.get("a", load)).toEqual(ok(4));
    expect(loads).toBe(1);
  });

  it("forgets a load that fails or throws, so that the next one tries again", async () => {
    const cache = cacheOf(10);
    const failed = fail(problem("corrupt_store", "damaged"));
    expect(await cache.get("a", async () => failed)).toEqual(failed);
    await expect(cache.get("a", () => Promise.reject(new Error("no database")))).rejects.toThrow(
      "no database",
    );
    expect(await cache.get("a", async () => ok(4))).toEqual(ok(4));
  });

  it("lets the least recently used go once the budget is passed, and not before", async () => {
    const cache = cacheOf(10);
    const loaded: string[] = [];
    const get = (digest: string, bytes: number) =>
      cache.get(digest, async () => {
        loaded.push(digest);
        return ok(bytes);
      });
    await get("a", 5);
    await get("b", 5);
    await get("a", 5);
    expect(cache.bytes).toBe(10);
    await get("c", 1);
    expect(cache.bytes).toBe(6);
    await get("a", 5);
    await get("b", 5);
    expect(loaded).toEqual(["a", "b", "c", "b"]);
  });

  it("serves a value that is larger than the whole budget without keeping it", async () => {
    const cache = cacheOf(10);
    expect(await cache.get("a", async () => ok(11))).toEqual(ok(11));
    expect(cache.bytes).toBe(0);
  });
});
