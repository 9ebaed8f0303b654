import { describe, expect, it } from "vitest";
import { radiusCurves } from "../../../src/eval/report/radius-curve.ts";
import { reportOf } from "../support/reports.ts";
import { caseResult, kept, phrasing } from "../support/results.ts";

const at = (distance: number) => ({ nearest: { distance, radius: 2 } });

const CASES = [
  caseResult({
    generality: [phrasing(true, at(1)), phrasing(true, at(3))],
    locality: { neighbours: [kept(at(4)), kept(at(1.9)), kept()], sameSubject: [], random: [kept(at(19))] },
  }),
];

const shareAt = (name: string, factor: number) =>
  radiusCurves(reportOf(CASES))
    .find((curve) => curve.name === name)!
    .points.find(([x]) => Math.abs(x - factor) < 1e-9)?.[1];

describe("locality against radius", () => {
  it("is at factor 1 what was measured", () => {
    expect(shareAt("phrasings reached", 1)).toBe(0.5);
    expect(shareAt("neighbours left alone", 1)).toBe(0.5);
    expect(shareAt("random left alone", 1)).toBe(1);
  });

  it("reaches all phrasings and leaves nothing alone once the radius is large enough", () => {
    expect(shareAt("phrasings reached", 10)).toBe(1);
    expect(shareAt("neighbours left alone", 10)).toBe(0);
    expect(shareAt("random left alone", 10)).toBe(0);
  });

  it("reaches nothing once it is small enough", () => {
    expect(shareAt("phrasings reached", 0.1)).toBe(0);
    expect(shareAt("neighbours left alone", 0.1)).toBe(1);
  });

  it("has no curve for a group without measured distances", () => {
    expect(radiusCurves(reportOf(CASES)).map(({ name }) => name)).toEqual([
      "phrasings reached",
      "neighbours left alone",
      "random left alone",
    ]);
    expect(radiusCurves(reportOf())).toEqual([]);
  });
});
