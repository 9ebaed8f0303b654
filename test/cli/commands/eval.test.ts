import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCli, type TestCli } from "../support/cli.ts";

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

describe("errata eval", () => {
  it.each([
    [["--method", "magic"], "unsupported_value", "magic"],
    [["--data", "trivia"], "unsupported_value", "world, mistakes"],
    [["--set", "reach=3"], "invalid_request", 'no setting "reach"'],
    [["--limit", "0"], "invalid_request", "--limit"],
  ])("refuses %j before anything runs, and says what there is", async (options, code, message) => {
    const { exit, json } = await cli.run("eval", ...options, "--json");
    expect(exit).toBe(2);
    expect(json()).toMatchObject({ error: { code, message: expect.stringContaining(message) } });
  });
});
