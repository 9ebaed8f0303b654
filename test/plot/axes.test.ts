import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bottomLabels, type PlotArea, type Tick, ticksThatFit } from "../../src/plot/axes.ts";
import { textWidth } from "../../src/plot/text-width.ts";

const AREA: PlotArea = { width: 220, height: 100, left: 10, right: 10, top: 10, bottom: 20 };

const labelsOf = (markup: { toString(): string }): string[] =>
  [...String(markup).matchAll(/>([^<]*)<\/text>/g)].map((match) => match[1]!);

describe("ticks", () => {
  it("keep the first and the last, and what has room between them", () => {
    const ticks = [0, 8, 100, 195, 200].map((at) => ({ at, text: String(at) }));
    expect(ticksThatFit(ticks).map(({ at }) => at)).toEqual([0, 100, 200]);
  });

  it("never overlap, and none that has room is left out", () => {
    const tick = fc.record({ at: fc.integer({ min: 0, max: 400 }), text: fc.string({ maxLength: 12 }) });
    const overlap = (one: Tick, other: Tick) =>
      Math.abs(one.at - other.at) < (textWidth(one.text) + textWidth(other.text)) / 2;
    fc.assert(
      fc.property(fc.array(tick, { minLength: 1, maxLength: 30 }), (ticks) => {
        const kept = ticksThatFit(ticks);
        expect(kept).toContain(ticks[0]);
        for (const [index, one] of kept.entries())
          for (const other of kept.slice(index + 1)) expect(overlap(one, other)).toBe(false);
        const lonely = ticks.filter((one) =>
          ticks.every((other) => one === other || Math.abs(one.at - other.at) > 200),
        );
        for (const one of lonely) expect(kept).toContain(one);
      }),
    );
  });
});

describe("labels of groups", () => {
  const labels = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ text: `block ${index}`, short: String(index) }));

  it("stand in full where they have room", () => {
    expect(labelsOf(bottomLabels(AREA, labels(3)))).toEqual(["block 0", "block 1", "block 2"]);
  });

  it("are all short where one has not, and fewer where even those have none", () => {
    expect(labelsOf(bottomLabels(AREA, labels(8)))).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
    const few = labelsOf(bottomLabels(AREA, labels(40)));
    expect(few.length).toBeLessThan(20);
    expect([few[0], few.at(-1)]).toEqual(["0", "39"]);
  });
});
