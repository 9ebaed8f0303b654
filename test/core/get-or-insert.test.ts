import { expect, it } from "vitest";
import { getOrInsert } from "../../src/core/get-or-insert.ts";

it("makes the value of a key once and keeps it, whatever it is but undefined", () => {
  const map = new Map<string, number>();
  expect(getOrInsert(map, "a", () => 0)).toBe(0);
  expect(getOrInsert(map, "a", () => 1)).toBe(0);
  expect(getOrInsert(map, "b", () => 2)).toBe(2);
  expect([...map]).toEqual([
    ["a", 0],
    ["b", 2],
  ]);
});

it("keeps nothing where making it throws", () => {
  const map = new WeakMap<object, string>();
  const owner = {};
  const broken = () => {
    throw new Error("broken");
  };
  expect(() => getOrInsert(map, owner, broken)).toThrow("broken");
  expect(map.has(owner)).toBe(false);
});
