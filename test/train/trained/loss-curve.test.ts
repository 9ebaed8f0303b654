import { describe, expect, it } from "vitest";
import { lossCsv, lossSvg } from "../../../src/train/trained/loss-curve.ts";

const losses = [8.316618919372559, 4.5, 0.25];

describe("the loss curve", () => {
  it("keeps every bit of every loss in CSV", () => {
    expect(lossCsv(losses)).toBe("step,loss\n1,8.316618919372559\n2,4.5\n3,0.25\n");
  });

  it("draws each step as a point of a path", () => {
    const path = /<path class="faint" d="([^"]+)"/.exec(lossSvg(losses))?.[1];
    // From x 48 to 672; y 272 is loss 0 and 48 is loss 9.
    expect(path).toBe("M48 65L360 160L672 265.8");
  });
});
