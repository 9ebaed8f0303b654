import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  adviceOr,
  anyNumber,
  notNegative,
  parseSettings,
  positive,
  positiveShare,
  recordSettings,
  setting,
  wholeNumber,
} from "../../../src/edit/frame/settings.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

const TABLE = {
  layer: setting("advised", "where", adviceOr("advised", wholeNumber(0, 3))),
  rate: setting("0.50", "how fast", positive),
  rule: setting("each", "which", z.enum(["each", "mean"])),
};

const parse = (settings: Record<string, string>) => parseSettings("A method", TABLE, settings);

describe("settings", () => {
  it("are the defaults where none are given, read as if they were", () => {
    expect(unwrap(parse({}))).toEqual({ layer: null, rate: 0.5, rule: "each" });
    expect(unwrap(parse({ layer: "3", rule: "mean" }))).toEqual({ layer: 3, rate: 0.5, rule: "mean" });
  });

  it("that do not fit are named all at once, with those there are", () => {
    expect(parse({ layer: "4", rule: "none", depth: "1", "": "1" })).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", param: "layer, rule, depth, " },
    });
    const refused = parse({ rate: "0" });
    expect(refused.ok || refused.problem.message).toMatch(
      /^A method setting "rate": .+\. Settings are: layer, rate, rule\.$/,
    );
  });

  it.each([
    ["any number", anyNumber, ["-1", "0", "1e3"], ["", " ", "one"]],
    ["a positive number", positive, ["1e-9"], ["0", "-1", ""]],
    ["a positive share", positiveShare, ["1", "0.01"], ["0", "1.01", ""]],
    ["a number from 0 on", notNegative, ["0", "2.5"], ["-0.1", ""]],
    ["a whole number", wholeNumber(1, 4), ["1", "4"], ["0", "5", "1.5", ""]],
  ])("take %s as text, and no blanks for 0", (_, schema, fitting, unfitting) => {
    for (const text of fitting) expect(schema.parse(text)).toBe(Number(text));
    for (const text of unfitting) expect(schema.safeParse(text).success).toBe(false);
  });

  it("are recorded as text, but for what the model is to advise", () => {
    expect(recordSettings(unwrap(parse({ rate: "0.10" })))).toEqual({ rate: "0.1", rule: "each" });
  });
});
