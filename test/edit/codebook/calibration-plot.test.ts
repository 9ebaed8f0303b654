import { describe, expect, it } from "vitest";
import type { LayerCalibration } from "../../../src/edit/codebook/calibrate.ts";
import { calibrationSvg } from "../../../src/edit/codebook/calibration-plot.ts";

const calibration = (layer: number, scale: number): LayerCalibration => ({
  layer,
  sameFact: [0, 1, 2, 3, 4, 5, 6, 7, 8].map((value) => value * scale),
  sibling: [2, 3, 4, 5, 6, 7, 8, 9, 10].map((value) => value * scale),
  unrelated: [4, 5, 6, 7, 8, 9, 10, 10, 12].map((value) => value * scale),
  radius: 3 * scale,
  separation: layer / 4,
});

describe("calibrationSvg", () => {
  const svg = calibrationSvg("a & b", [calibration(0, 1), calibration(1, 0.5)], new Set([1]));

  it("draws three bands and a radius for each block, and its separation", () => {
    expect(svg.match(/<title>block \d, [^<]*: median/g)).toHaveLength(6);
    expect(svg.match(/deferral radius \d/g)).toEqual(["deferral radius 3", "deferral radius 1"]);
    expect(svg).toContain("<title>block 1: 25.0 %</title>");
    expect(svg).toContain("block 1, hooked");
    expect(svg).not.toContain("block 0, hooked");
  });

  it("puts the largest distance shown at the top of the frame and 0 at its bottom", () => {
    // Of block 0 the unrelated prompts' 99 % is 10, the top; their 25 % is 7.
    expect(svg).toMatch(/<path class="l2" d="M[\d.]+ 172V64"\/>/);
    expect(svg).toMatch(/>0<\/text>/);
  });

  it("escapes names and is the same every time", () => {
    expect(svg).toContain("<title>Calibration of a &amp; b</title>");
    expect(calibrationSvg("a & b", [calibration(0, 1), calibration(1, 0.5)], new Set([1]))).toBe(svg);
  });
});
