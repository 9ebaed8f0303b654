import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { createTerminal } from "../../src/cli/terminal.ts";

const stream = (isTTY: boolean) =>
  Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 24, setRawMode: () => undefined });

const collect = (source: PassThrough): (() => string) => {
  const parts: string[] = [];
  source.on("data", (part: Buffer) => parts.push(part.toString()));
  return () => parts.join("");
};

describe("a terminal", () => {
  it.each([
    ["input", false, true],
    ["errors", true, false],
  ])("asks nothing where %s are no terminal", (_, inputIsTTY, errorIsTTY) => {
    const terminal = createTerminal(
      { input: stream(inputIsTTY), output: stream(true), error: stream(errorIsTTY) },
      {},
    );
    expect(terminal.askText).toBeNull();
  });

  it("asks on standard error and takes the answer from standard input", async () => {
    const [input, output, error] = [stream(true), stream(true), stream(true)];
    const [written, shown] = [collect(output), collect(error)];
    const terminal = createTerminal({ input, output, error }, {});
    const answer = terminal.askText?.("Why?");
    input.write("because\r");
    expect(await answer).toBe("because");
    expect(written()).toBe("");
    expect(shown()).toContain("Why?");
  });

  it("colours standard output only where it is a terminal and NO_COLOR is not set", () => {
    const styled = (isTTY: boolean, environment: Record<string, string>) =>
      createTerminal(
        { input: stream(false), output: stream(isTTY), error: stream(false) },
        environment,
      ).style.good("x");
    expect(styled(true, {})).toBe("\u001b[32mx\u001b[39m");
    expect(styled(false, {})).toBe("x");
    expect(styled(true, { NO_COLOR: "1" })).toBe("x");
  });
});
