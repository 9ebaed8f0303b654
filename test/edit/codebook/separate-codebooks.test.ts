import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CodebookPatch } from "../../../src/core/patch/kinds/codebook.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { SAME_KEY, SMALLEST_RADIUS } from "../../../src/edit/codebook/codebook-geometry.ts";
import { toCodebookPatch, toEntries } from "../../../src/edit/codebook/codebook-patches.ts";
import { findNearPairs } from "../../../src/edit/codebook/near-pairs.ts";
import { separateCodebooks } from "../../../src/edit/codebook/separate-codebooks.ts";
import { distanceBetween } from "../../../src/edit/linear-algebra/distance-between.ts";
import { sampleNeurons } from "../../core/support/sample-patches.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

/** An entry: key, radius, target. */
type Row = readonly [key: readonly number[], radius: number, target: number];

const patchOf = (id: string, rows: readonly Row[], layer = 1): CodebookPatch =>
  toCodebookPatch(
    { id, edit: 0, layer, replace: "last" },
    rows.map(([key, radius, target]) => ({
      edit: 0,
      key: Float32Array.from(key),
      radius,
      targets: [target, 0],
      chain: { targets: [target, 0], values: new Float32Array(2 * key.length).fill(target) },
    })),
  );

const radiiOf = (patches: readonly Patch[]) =>
  patches.map((patch) => (patch.kind === "codebook" ? [...patch.tensors.radii.data] : []));

describe("separateCodebooks", () => {
  it("shrinks balls of different targets short of half the distance, and says which", () => {
    const patches = [
      patchOf("a", [
        [[0, 0], 5, 7],
        [[50, 0], 5, 7],
      ]),
      patchOf("b", [[[6, 0], 2, 8]]),
    ];
    const { patches: apart, shrunk } = unwrap(separateCodebooks(patches));
    expect(radiiOf(apart)).toEqual([[Math.fround(3 - 1e-5), 5], [2]]);
    expect(shrunk).toEqual([
      { layer: 1, patch: "a", entry: 0, other: "b", distance: 6, before: 5, after: 3 - 1e-5 },
    ]);
    expect(apart[1]).toBe(patches[1]);
  });

  it("leaves balls of one target, of two layers, and other kinds as they are", () => {
    const patches = [
      patchOf("a", [[[0, 0], 5, 7]]),
      patchOf("b", [[[1, 0], 5, 7]]),
      patchOf("c", [[[1, 0], 5, 8]], 2),
      sampleNeurons(),
    ];
    expect(unwrap(separateCodebooks(patches))).toEqual({ patches, shrunk: [] });
  });

  it("refuses keys that are one and have two targets, naming both patches", () => {
    const patches = [patchOf("a", [[[0, 0], 1, 7]]), patchOf("b", [[[SAME_KEY / 2, 0], 1, 8]])];
    const refused = separateCodebooks(patches);
    expect(refused).toMatchObject({
      ok: false,
      problem: { code: "edit_conflict", detail: { layer: 1, patches: ["a", "b"] } },
    });
  });

  const anyRow: fc.Arbitrary<Row> = fc.tuple(
    fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 3, maxLength: 3 }),
    fc.double({ min: 0.02, max: 8, noNaN: true }),
    fc.integer({ min: 1, max: 3 }),
  );
  /** Rows whose keys are apart, as the same key with two targets is refused. */
  const anyRows = fc.uniqueArray(anyRow, { maxLength: 14, selector: ([key]) => key.join() });

  it("leaves no two balls of different targets that meet, grows none, and keeps each wide enough", () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const patches = rows.map((row, index) => patchOf(String(index), [row]));
        const { patches: apart } = unwrap(separateCodebooks(patches));
        const entries = apart.flatMap((patch) => toEntries(patch as CodebookPatch, 0));
        entries.forEach((a, i) => {
          expect(a.radius).toBeLessThanOrEqual(Math.fround(rows[i]![1]));
          expect(a.radius).toBeGreaterThanOrEqual(Math.min(SMALLEST_RADIUS, Math.fround(rows[i]![1])));
          for (const b of entries.slice(i + 1))
            if (a.targets.join() !== b.targets.join())
              expect(a.radius + b.radius).toBeLessThan(distanceBetween(a.key, b.key));
        });
      }),
    );
  });

  it("does nothing a second time", () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const once = unwrap(separateCodebooks(rows.map((row, index) => patchOf(String(index), [row]))));
        expect(unwrap(separateCodebooks(once.patches)).shrunk).toEqual([]);
      }),
    );
  });
});

describe("findNearPairs", () => {
  it("finds the pairs that comparing all with all finds, the nearest first", () => {
    const ball = fc.record({
      key: fc
        .array(fc.integer({ min: -20, max: 20 }), { minLength: 4, maxLength: 4 })
        .map((key) => Float32Array.from(key)),
      radius: fc.double({ min: 0, max: 9, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(ball, { maxLength: 30 }), (balls) => {
        const expected = balls.flatMap((a, i) =>
          balls.flatMap((b, j) => {
            const distance = distanceBetween(a.key, b.key);
            return i < j && distance <= Math.max(a.radius + b.radius, SAME_KEY) ? [[i, j, distance]] : [];
          }),
        );
        const found = findNearPairs(balls, () => true);
        expect(found.map((pair) => pair.join()).sort()).toEqual(expected.map((pair) => pair.join()).sort());
        expect(found.map(([, , distance]) => distance)).toEqual(
          found.map(([, , distance]) => distance).sort((a, b) => a - b),
        );
      }),
    );
  });
});
