import { expect, it } from "vitest";
import { Adam } from "../../src/optim/adam.ts";

it("takes the steps of the published algorithm", () => {
  const values = Float32Array.of(1, -2);
  const adam = new Adam(2, 0.5);
  adam.step(values, Float32Array.of(0.1, -4));
  // The first bias-corrected step is the learning rate against the gradient's sign.
  expect(Array.from(values)).toEqual([expect.closeTo(0.5, 5), expect.closeTo(-1.5, 5)]);
  adam.step(values, Float32Array.of(-0.3, 0));
  // By hand for the first element: m = .9 * .01 + .1 * -.3 = -.021, v = .999 * 1e-5 + .001 * .09 = 9.999e-5;
  // corrected m = -.021 / .19 = -.110526, v = 9.999e-5 / .001999 = .05002, step = -.5 * -.110526 / .223652 = .247094.
  expect(values[0]).toBeCloseTo(0.747094, 4);
  // The second: m = .9 * -.4 = -.36 / .19 = -1.894737, v = .999 * .016 = .015984 / .001999 = 7.995998, step = .335032.
  expect(values[1]).toBeCloseTo(-1.164968, 4);
});
