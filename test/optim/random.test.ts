import { describe, expect, test } from "vitest";
import { createRandom, randomFor, shuffled } from "../../src/optim/random.ts";

describe("the seeded generator", () => {
  test("is mulberry32", () => {
    const random = createRandom(1);
    expect([random(), random(), random()]).toEqual([
      0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
    ]);
  });

  test("gives other numbers for another seed", () => {
    expect(createRandom(2)()).not.toBe(createRandom(1)());
  });
});

describe("a named generator", () => {
  test("draws what its name says, and something else under another name", () => {
    const draw = (...name: (string | number)[]) => {
      const random = randomFor(...name);
      return [random.next(), random.below(10), random.normal()];
    };
    expect(draw("epoch", 3)).toEqual(draw("epoch", 3));
    expect(draw("epoch", 3)).not.toEqual(draw("epoch", 4));
    expect(draw("epoch", 31)).not.toEqual(draw("epoch3", 1));
  });

  test("draws normal numbers of mean 0 and deviation 1", () => {
    const random = randomFor("normal");
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(Math.sqrt(square)).toBeCloseTo(1, 1);
  });

  test("shuffles a copy: every item once, every place as likely", () => {
    const items = [0, 1, 2, 3];
    const random = randomFor("shuffle");
    const first = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) {
      const mixed = shuffled(items, random);
      expect(mixed.toSorted()).toEqual(items);
      first[mixed[0]!]! += 1;
    }
    for (const count of first) expect(count / 4000).toBeCloseTo(0.25, 1);
    expect(items).toEqual([0, 1, 2, 3]);
  });
});
