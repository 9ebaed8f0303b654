import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bandsIn, linearScale, logScale, roundTicks } from "../../src/plot/scale.ts";

describe("scales", () => {
  it("take the ends of the domain to the ends of the range, and what is between in proportion", () => {
    expect([0, 5, 10].map(linearScale([0, 10], [100, 200]))).toEqual([100, 150, 200]);
    expect([0, 1].map(linearScale([0, 1], [200, 100]))).toEqual([200, 100]);
    for (const [value, at] of [
      [0.1, 0],
      [1, 50],
      [10, 100],
    ] as const)
      expect(logScale([0.1, 10], [0, 100])(value)).toBeCloseTo(at, 9);
  });

  it("put the one value of a domain into the middle", () => {
    expect(linearScale([3, 3], [0, 10])(3)).toBe(5);
    expect(logScale([3, 3], [0, 10])(3)).toBe(5);
  });
});

describe("round ticks", () => {
  it.each([
    [0, 45, 5, [0, 10, 20, 30, 40]],
    [0, 9, 10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [0, 0.3, 5, [0, 0.1, 0.2, 0.3]],
    [1, 2233, 5, [500, 1000, 1500, 2000]],
    [0, 1e-6, 5, [0, 2e-7, 4e-7, 6e-7, 8e-7, 1e-6]],
  ])("from %d to %d, about %d", (low, high, count, ticks) => {
    expect(roundTicks(low, high, count)).toEqual(ticks);
  });

  it("stay within the axis and are at most as many as asked for and one", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, length) => {
          const ticks = roundTicks(low, low + length);
          expect(ticks.length).toBeLessThanOrEqual(6);
          const slack = 1e-9 * (low + length);
          expect(ticks.every((tick) => tick >= low - slack && tick <= low + length + slack)).toBe(true);
        },
      ),
    );
  });
});

describe("bands", () => {
  it("share the whole among them, each in the middle of its place", () => {
    expect(bandsIn({ left: 10, width: 80 }, 2)).toEqual([
      { left: 10, width: 40 },
      { left: 50, width: 40 },
    ]);
    expect(bandsIn({ left: 10, width: 80 }, 2, 0.5)).toEqual([
      { left: 20, width: 20 },
      { left: 60, width: 20 },
    ]);
  });
});
