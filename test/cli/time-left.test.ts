import { describe, expect, it } from "vitest";
import { createEstimate } from "../../src/cli/time-left.ts";

describe("the time left", () => {
  it("goes by the steps of the stage so far", () => {
    let time = 0;
    const estimate = createEstimate(() => time);
    expect(estimate({ stage: "measuring", done: 1, total: 41 })).toBe("");
    time = 2_000;
    expect(estimate({ stage: "measuring", done: 2, total: 41 })).toBe(", 1 min 18 s left");
    time = 30_000;
    expect(estimate({ stage: "measuring", done: 31, total: 41 })).toBe(", 10 s left");
    expect(estimate({ stage: "measuring", done: 41, total: 41 })).toBe("");
    expect(estimate({ stage: "editing", done: 1, total: 3 })).toBe("");
  });

  it("forgets the steps that were done at once", () => {
    let time = 0;
    const estimate = createEstimate(() => time);
    for (let done = 1; done <= 100; done++) estimate({ stage: "editing", done, total: 200 });
    let last = "";
    for (let done = 101; done <= 150; done++) {
      time += 1000;
      last = estimate({ stage: "editing", done, total: 200 });
    }
    expect(last).toBe(", 50 s left");
  });
});
