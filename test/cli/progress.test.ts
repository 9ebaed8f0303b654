import { describe, expect, it } from "vitest";
import { createProgress } from "../../src/cli/progress.ts";
import { createStyle } from "../../src/cli/style.ts";

const open = (live: boolean, now: () => number = () => 0) => {
  let shown = "";
  const terminal = {
    write: () => {
      throw new Error("progress belongs on standard error");
    },
    writeError: (text: string) => {
      shown += text;
    },
    live,
    style: createStyle(false),
    askText: null,
  };
  return { progress: createProgress(terminal, now), shown: () => shown };
};

describe("progress", () => {
  it("overwrites its line on a terminal and removes it at the end", () => {
    const { progress, shown } = open(true);
    progress.step({ stage: "uploading", done: 1, total: 2 });
    progress.step({ stage: "uploading", done: 2, total: 2 });
    progress.end();
    expect(shown()).toBe("\r\u001b[2Kuploading 1/2\r\u001b[2Kuploading 2/2\r\u001b[2K");
  });

  it("prints the first and the last step of each stage elsewhere", () => {
    const { progress, shown } = open(false);
    for (const done of [1, 2, 3]) progress.step({ stage: "uploading", done, total: 3 });
    progress.step({ stage: "checking", done: 1, total: 2 });
    progress.end();
    expect(shown()).toBe("uploading 1/3\nuploading 3/3\nchecking 1/2\n");
  });

  it("prints a line every five seconds between, with the time left", () => {
    let time = 0;
    const { progress, shown } = open(false, () => time);
    for (let done = 1; done <= 12; done++) {
      progress.step({ stage: "editing", done, total: 12 });
      time += 2000;
    }
    expect(shown()).toBe(
      "editing 1/12\nediting 4/12, 16 s left\nediting 7/12, 10 s left\nediting 10/12, 4 s left\nediting 12/12\n",
    );
  });

  it("prints one of many lines every five seconds elsewhere", () => {
    let time = 0;
    const { progress, shown } = open(false, () => time);
    for (let step = 0; step < 12; step++) {
      progress.line(`step ${step}`);
      time += 1000;
    }
    expect(shown()).toBe("step 0\nstep 5\nstep 10\n");
  });
});
