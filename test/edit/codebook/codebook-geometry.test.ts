import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DraftEntry, insertEntry, sameTargets } from "../../../src/edit/codebook/codebook-geometry.ts";
import { distanceBetween } from "../../../src/edit/linear-algebra/distance-between.ts";

const entry = (
  edit: number,
  key: readonly number[],
  targets: readonly number[],
  radius: number,
): DraftEntry => ({
  edit,
  key: Float32Array.from(key),
  targets,
  radius,
});

describe("insertEntry", () => {
  it("adds a key far from every other with its radius untouched", () => {
    const entries = [entry(0, [0, 0], [7, 2], 1)];
    expect(insertEntry(entries, entry(1, [10, 0], [8, 2], 2), false)).toEqual({ ok: true, value: "added" });
    expect(entries.map(({ radius }) => radius)).toEqual([1, 2]);
  });

  it("splits overlapping balls of different targets short of half the distance", () => {
    const entries = [entry(0, [0, 0], [7, 2], 5)];
    expect(insertEntry(entries, entry(1, [6, 0], [8, 2], 5), false)).toEqual({ ok: true, value: "split" });
    expect(entries.map(({ radius }) => radius)).toEqual([3 - 1e-5, 3 - 1e-5]);
  });

  it("never enlarges the old ball in a split", () => {
    const entries = [entry(0, [0, 0], [7, 2], 1)];
    insertEntry(entries, entry(1, [6, 0], [8, 2], 5.5), false);
    expect(entries.map(({ radius }) => radius)).toEqual([1, 3 - 1e-5]);
  });

  it("leaves balls of the same exact targets alone, whatever their overlap", () => {
    const entries = [entry(0, [0, 0], [7, 2], 5)];
    expect(insertEntry(entries, entry(1, [1, 0], [7, 2], 5), false)).toEqual({ ok: true, value: "added" });
    expect(entries.map(({ radius }) => radius)).toEqual([5, 5]);
  });

  it("treats targets with equal means as different: it compares ids, not their average", () => {
    const entries = [entry(0, [0, 0], [6, 8, 2], 5)];
    expect(insertEntry(entries, entry(1, [2, 0], [8, 6, 2], 5), false)).toEqual({ ok: true, value: "split" });
  });

  it("expands the nearest ball of its own edit over an overlapping key when keys are merged", () => {
    const entries = [entry(0, [0, 0], [7, 2], 2)];
    expect(insertEntry(entries, entry(0, [3, 0], [7, 2], 2), true)).toEqual({ ok: true, value: "expanded" });
    expect(entries.map(({ radius }) => radius)).toEqual([3]);
  });

  it("adds nothing for a key that its own edit covers already when keys are merged", () => {
    const entries = [entry(0, [0, 0], [7, 2], 4)];
    expect(insertEntry(entries, entry(0, [3, 0], [7, 2], 2), true)).toEqual({ ok: true, value: "covered" });
    expect(entries).toHaveLength(1);
  });

  it("does not expand into the ball of a third key with another target", () => {
    const entries = [entry(0, [0, 0], [7, 2], 2), entry(1, [5, 0], [8, 2], 2.5)];
    expect(insertEntry(entries, entry(0, [0, 3], [7, 2], 2), true)).toEqual({ ok: true, value: "added" });
    expect(entries[0]!.radius).toBe(2);
  });

  it("refuses one prompt with two targets", () => {
    const entries = [entry(0, [1, 1], [7, 2], 2)];
    const result = insertEntry(entries, entry(1, [1, 1], [8, 2], 2), false);
    expect(result).toMatchObject({ ok: false, problem: { code: "edit_conflict" } });
    expect(entries).toHaveLength(1);
  });

  it("keeps balls of different targets apart whatever comes in whatever order", () => {
    const drafts = fc.record({
      edit: fc.integer({ min: 0, max: 4 }),
      x: fc.integer({ min: -20, max: 20 }),
      y: fc.integer({ min: -20, max: 20 }),
      radius: fc.integer({ min: 1, max: 15 }),
    });
    fc.assert(
      fc.property(fc.array(drafts, { maxLength: 20 }), fc.boolean(), (list, merge) => {
        const entries: DraftEntry[] = [];
        for (const { edit, x, y, radius } of list)
          insertEntry(entries, entry(edit, [x, y], [edit, 2], radius), merge);
        for (const a of entries)
          for (const b of entries)
            if (!sameTargets(a.targets, b.targets))
              expect(a.radius + b.radius).toBeLessThan(distanceBetween(a.key, b.key));
      }),
    );
  });
});
