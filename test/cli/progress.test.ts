import { describe, expect, it } from "vitest";
import { createProgress } from "../../src/cli/progress.ts";
import { createStyle } from "../../src/cli/style.ts";

const open = (live: boolean) => {
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
  return { progress: createProgress(terminal), shown: () => shown };
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

  it("prints every hundredth of many lines elsewhere", () => {
    const { progress, shown } = open(false);
    for (let step = 0; step < 250; step++) progress.line(`step ${step}`);
    expect(shown()).toBe("step 0\nstep 100\nstep 200\n");
  });
});
