import { describe, expect, it } from "vitest";
import { withTimeLeft } from "../../../src/cli/evaluation/time-left.ts";

describe("the time left", () => {
  it("goes by the steps of the stage so far", () => {
    let time = 0;
    const lines: string[] = [];
    const step = withTimeLeft(
      { note: (line) => lines.push(line), line: (line) => lines.push(line) },
      () => time,
    );
    step({ stage: "measuring", done: 1, total: 41 });
    time = 2_000;
    step({ stage: "measuring", done: 2, total: 41 });
    time = 30_000;
    step({ stage: "measuring", done: 31, total: 41 });
    step({ stage: "editing", done: 1, total: 3 });
    expect(lines).toEqual([
      "measuring, 41 in all",
      "measuring 1/41",
      "measuring 2/41, 1 min 18 s left",
      "measuring 31/41, 10 s left",
      "editing, 3 in all",
      "editing 1/3",
    ]);
  });
});
