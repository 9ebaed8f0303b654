import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { duplicateKey } from "../../src/core/duplicate-key.ts";

describe("duplicateKey", () => {
  it.each([
    ['{"a":1,"a":2}', "a"],
    ['{"a":1,"\\u0061":2}', "a"],
    ['[{"x":{"b":[],"c":{},"b":0}}]', "b"],
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', null],
    ['{"a":"a","b":"\\"a\\":{","c":"a"}', null],
  ])("of %s is %s", (json, key) => {
    JSON.parse(json);
    expect(duplicateKey(json)).toBe(key);
  });

  it("finds none in what JSON.stringify wrote, spaced or not", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, space) => {
        expect(duplicateKey(JSON.stringify(value, null, space))).toBeNull();
      }),
    );
  });
});
