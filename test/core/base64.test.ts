import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/core/base64.ts";

describe("base64", () => {
  it("agrees with Node's Buffer both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(encodeBase64(bytes)).toBe(text);
        expect(decodeBase64(text)).toEqual(bytes);
      }),
    );
  });

  it("answers null to what is not base64", () => {
    expect(decodeBase64("*")).toBeNull();
    expect(decodeBase64("a")).toBeNull();
  });
});
