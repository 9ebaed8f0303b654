import { describe, expect, it } from "vitest";
import { efficiencyOf, figuresOf, propertiesOf, sOf } from "../../../src/eval/figures/figures.ts";
import { caseResult, kept, phrasing, targeted } from "../support/results.ts";

const wrong = { correct: false, expectedLoss: 3, oldLoss: 1, tokenAccuracy: 0.5 };
const changed = { unchanged: false, tokensUnchanged: 0.25, answerLoss: 4, targetLoss: 1, divergence: 2 };

/** Two cases: the first holds everywhere but in one neighbour, the second nowhere. */
const CASES = [
  caseResult({
    generality: [phrasing(true), phrasing(true), phrasing(false)],
    locality: {
      neighbours: [kept({ object: "old" }), kept({ object: "new", ...changed })],
      sameSubject: [kept()],
      random: [kept(), kept()],
    },
  }),
  caseResult({
    accuracy: targeted(wrong),
    generality: [phrasing(false, wrong)],
    locality: {
      neighbours: [kept({ object: "old", ...changed })],
      sameSubject: [],
      random: [kept(), kept(changed)],
    },
  }),
];

const mean = (name: keyof ReturnType<typeof figuresOf>) => figuresOf(CASES, 0)[name]?.mean;

describe("figures", () => {
  it("count exact matches over prompts", () => {
    expect(mean("accuracy.exactMatch")).toBe(0.5);
    expect(mean("generality.exactMatch")).toBe(0.75);
    expect(mean("generality.seen")).toBe(1);
    expect(mean("generality.heldOut")).toBe(0.5);
  });

  it("take ES, PS and NS as means over records of each record's mean", () => {
    expect(mean("accuracy.es")).toBe(0.5);
    expect(mean("generality.ps")).toBe(0.5);
    expect(mean("locality.ns")).toBe((0.5 + 0) / 2);
  });

  it("leave out of NS and PS what has no losses to compare", () => {
    const silent = caseResult({
      generality: [phrasing(true, { oldLoss: null })],
      locality: { neighbours: [kept({ answerLoss: null })], sameSubject: [], random: [] },
    });
    const figures = figuresOf([silent], 0);
    expect(figures["generality.ps"]).toBeUndefined();
    expect(figures["locality.ns"]).toBeUndefined();
    expect(figures["generality.exactMatch"]?.mean).toBe(1);
  });

  it("take locality as the mean of its three groups, each a share of prompts", () => {
    const { locality } = propertiesOf(figuresOf(CASES, 0));
    expect(locality.groups).toEqual({ neighbours: 1 / 3, sameSubject: 1, random: 0.75 });
    expect(locality.freeRunning?.mean).toBeCloseTo((1 / 3 + 1 + 0.75) / 3, 12);
    expect(locality.teacherForced?.mean).toBe(0.25);
  });

  it("tell neighbours with the old object from those with the new", () => {
    expect([mean("locality.neighbours.old"), mean("locality.neighbours.new")]).toEqual([0.5, 0]);
  });

  it("take S as the harmonic mean of dataset means, not of the records' own", () => {
    const locality = (1 / 3 + 1 + 0.75) / 3;
    const s = sOf(figuresOf(CASES, 0));
    expect(s.freeRunning).toBeCloseTo(3 / (1 / 0.5 + 1 / 0.75 + 1 / locality), 12);
    expect(s.teacherForced).toBeCloseTo(3 / (1 / 0.5 + 1 / 0.5 + 1 / 0.25), 12);
  });

  it("have no portability where nothing follows from the edits", () => {
    expect(propertiesOf(figuresOf(CASES, 0)).portability).toBeNull();
    const probe = { ...targeted({ correct: false, tokenAccuracy: 0.75 }), kind: "two-hop" as const };
    const { portability } = propertiesOf(figuresOf([caseResult({ portability: [probe] })], 0));
    expect(portability?.freeRunning?.mean).toBe(0);
    expect(portability?.teacherForced?.mean).toBe(0.75);
  });

  it("are the same for the same seed, with intervals that hold them", () => {
    expect(figuresOf(CASES, 3)).toEqual(figuresOf(CASES, 3));
    const { low, high } = figuresOf(CASES, 3)["accuracy.exactMatch"]!;
    expect([low, high]).toEqual([0, 1]);
  });
});

describe("efficiency", () => {
  it("is what one edit takes on average, and the median of what it adds", () => {
    const timed = (before: number, after: number) =>
      caseResult({ cost: { seconds: 1, bytes: 3000, prefill: { before, after }, perToken: null } });
    const cases = [caseResult(), timed(2, 3), timed(2, 2.5), timed(2, 9)];
    const { intervals, ...costs } = efficiencyOf(cases, { peakMemoryBytes: 7, workers: 2 }, 0);
    expect(costs).toEqual({
      secondsPerEdit: 3.5 / 4,
      bytesPerEdit: 2500,
      peakMemoryBytes: 7,
      workers: 2,
      addedPrefillMilliseconds: 1,
      addedMillisecondsPerToken: null,
    });
    expect(intervals.addedPrefillMilliseconds).toEqual({ low: 0.5, high: 7 });
    expect(intervals.secondsPerEdit!.low).toBeLessThan(3.5 / 4);
    expect(intervals.secondsPerEdit!.high).toBeGreaterThan(3.5 / 4);
    expect(intervals.addedMillisecondsPerToken).toBeNull();
  });
});
