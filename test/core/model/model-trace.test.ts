import { describe, expect, it } from "vitest";
import { LOOKUPS, modelTraceSchema, TOKEN_ROLES } from "../../../src/core/model/model-trace.ts";

const run = { layer: 0, facts: 3, noise: 0.1, seed: 0, window: 1, clean: 0.9, corrupted: 0.2 };

const traceWith = (lookup: string, roles: readonly string[]) => {
  const effects = Object.fromEntries(roles.map((role, index) => [role, index === 0 ? null : [index]]));
  return { ...run, lookup, effects: { residual: effects, ffn: effects, attention: effects } };
};

describe("a model's trace", () => {
  it.each(LOOKUPS)("is read as it is written, with the lookup %s", (lookup) => {
    const trace = traceWith(lookup, TOKEN_ROLES);
    expect(modelTraceSchema.parse(trace)).toEqual(trace);
  });

  it("is read as the first ones were written, with underscores", () => {
    const old = traceWith(
      "subject_last",
      TOKEN_ROLES.map((role) => role.replace("-", "_")),
    );
    expect(modelTraceSchema.parse(old)).toEqual(traceWith("subject-last", TOKEN_ROLES));
  });

  it("names every role, and no other lookup", () => {
    expect(modelTraceSchema.safeParse(traceWith("prompt-last", TOKEN_ROLES.slice(1))).success).toBe(false);
    expect(modelTraceSchema.safeParse(traceWith("further", TOKEN_ROLES)).success).toBe(false);
  });
});
