import { describe, expect, it } from "vitest";
import { isModelName, MODEL_NAME_MAX_LENGTH } from "../../../src/core/model/model-name.ts";

describe("a model's name", () => {
  it.each(["world", "tiny-stories_33m.v2", "7b", "x".repeat(MODEL_NAME_MAX_LENGTH)])("may be %s", (name) => {
    expect(isModelName(name)).toBe(true);
  });

  it.each(["", "World", "-a", "a b", "a@b", "a/b", "a\n", "x".repeat(MODEL_NAME_MAX_LENGTH + 1)])(
    "may not be %j",
    (name) => {
      expect(isModelName(name)).toBe(false);
    },
  );
});
