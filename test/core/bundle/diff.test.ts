import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BundleDiff, type DiffSide, diffBundles } from "../../../src/core/bundle/diff.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { patchBytes } from "../../../src/core/patch/patch-record.ts";
import { sampleBundle } from "../support/sample-bundle.ts";
import { sampleCodebook, sampleEdits, sampleLowRank, sampleNeurons } from "../support/sample-patches.ts";

const EMPTY: BundleDiff = {
  edits: { added: [], removed: [], changed: [] },
  patches: { added: [], removed: [], changed: [], narrowed: [] },
  kinds: {},
  layers: [],
  bytes: 0,
  settings: {},
};

const side = async (parts: Parameters<typeof sampleBundle>[0] & { patches: Patch[] }): Promise<DiffSide> => ({
  manifest: (await sampleBundle(parts)).manifest,
  patches: parts.patches,
});

/** Sides with any choice of patches and edits, some of them alike. */
const anySide = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 }),
    scale: fc.constantFrom(1, 2),
    edits: fc.constantFrom(sampleEdits, [...sampleEdits].reverse()),
    seed: fc.constantFrom(1, 2),
    kind: fc.constantFrom(sampleCodebook, sampleNeurons, sampleLowRank),
  })
  .map(({ names, scale, edits, seed, kind }) => ({
    seed,
    edits,
    patches: names.map((name): Patch => kind(name, scale)),
  }));

describe("diffBundles", () => {
  it("finds nothing between a bundle and itself, nor between two bundles with equal content", async () => {
    await fc.assert(
      fc.asyncProperty(anySide, async (parts) => {
        const one = await side(parts);
        expect(diffBundles(one, one)).toEqual(EMPTY);
        const renamed = await side({ ...parts, parent: `sha256:${"0".repeat(64)}` } as typeof parts);
        expect(diffBundles(one, renamed)).toEqual(EMPTY);
      }),
    );
    expect(diffBundles(null, null)).toEqual(EMPTY);
  });

  it("is the mirror image the other way round", async () => {
    await fc.assert(
      fc.asyncProperty(anySide, anySide, async (left, right) => {
        const [one, two] = [await side(left), await side(right)];
        const [there, back] = [diffBundles(one, two), diffBundles(two, one)];
        const ids = (records: readonly { id: string }[]) => records.map(({ id }) => id).toSorted();
        expect(ids(back.patches.added)).toEqual(ids(there.patches.removed));
        expect(ids(back.patches.changed)).toEqual(ids(there.patches.changed));
        expect(back.layers).toEqual(there.layers);
        expect(back.bytes).toBe(there.bytes === 0 ? 0 : -there.bytes);
        expect(Object.keys(back.settings)).toEqual(Object.keys(there.settings));
      }),
    );
  });

  it("names what came, went and changed", async () => {
    const before = await side({ patches: [sampleCodebook("norway", 1), sampleNeurons("freezing")] });
    const after = await side({
      seed: 8,
      edits: [
        { ...sampleEdits[0]!, target: " Bergen" },
        { ...sampleEdits[1]!, prompt: "Iron melts at" },
      ],
      patches: [sampleCodebook("norway", 3), sampleLowRank("new")],
    });
    const diff = diffBundles(before, after);
    expect(diff.edits.added.map(({ prompt }) => prompt)).toEqual(["Iron melts at"]);
    expect(diff.edits.removed.map(({ prompt }) => prompt)).toEqual(["Water freezes at"]);
    expect(diff.edits.changed).toEqual([
      { before: sampleEdits[0], after: { ...sampleEdits[0], target: " Bergen" } },
    ]);
    expect(diff.patches.added.map(({ id }) => id)).toEqual(["new"]);
    expect(diff.patches.removed.map(({ id }) => id)).toEqual(["freezing"]);
    // Values of norm sqrt(4 * 1 + 4 * 4 + 4 * 9) = sqrt(56), three times that after.
    expect(diff.patches.changed).toEqual([
      { id: "norway", kind: "codebook", layer: 1, normDelta: expect.closeTo(2 * Math.sqrt(56), 10) },
    ]);
    expect(diff.kinds).toEqual({ neurons: -1, "low-rank": 1 });
    expect(diff.layers).toEqual([0, 1]);
    expect(diff.bytes).toBe(after.manifest.patches[1]!.bytes - before.manifest.patches[1]!.bytes);
    expect(diff.settings).toEqual({ seed: { before: "7", after: "8" } });
  });

  it("shows an entry that only lost some of its radius as narrowed, under whichever id it comes again", async () => {
    const wide = sampleCodebook("norway");
    const { data, shape } = wide.tensors.radii;
    const radii = { shape, data: data.map((radius, key) => (key === 0 ? radius / 4 : radius)) };
    const narrow = (id: string) => ({ ...wide, id, tensors: { ...wide.tensors, radii } });
    const before = await side({ patches: [wide] });
    for (const id of ["norway", "norway-2"]) {
      const after = await side({ patches: [narrow(id)] });
      expect(diffBundles(before, after).patches).toEqual({
        ...EMPTY.patches,
        narrowed: [{ id, was: "norway", layer: 1, keys: 1, before: data[0], after: data[0]! / 4 }],
      });
      expect(diffBundles(after, before).patches.narrowed).toEqual([]);
    }
    const other = { ...sampleCodebook("norway-2", 3), tensors: narrow("norway-2").tensors };
    expect(diffBundles(before, await side({ patches: [other] })).patches).toMatchObject({
      added: [{ id: "norway-2" }],
      removed: [{ id: "norway" }],
      narrowed: [],
    });
  });

  it("knows no norms from manifests alone", async () => {
    const before = { manifest: (await sampleBundle({ patches: [sampleCodebook("n", 1)] })).manifest };
    const after = { manifest: (await sampleBundle({ patches: [sampleCodebook("n", 2)] })).manifest };
    expect(diffBundles(before, after).patches.changed).toEqual([
      { id: "n", kind: "codebook", layer: 1, normDelta: null },
    ]);
  });

  it("does not call a patch changed because other edits moved its indices", async () => {
    const before = await side({ patches: [sampleNeurons("n")] });
    const moved = { ...sampleNeurons("n"), edits: [0] };
    const after = await side({ edits: [...sampleEdits].reverse(), patches: [moved] });
    expect(diffBundles(before, after)).toEqual(EMPTY);
  });

  it("shows against none everything as added", async () => {
    const only = await side({ patches: [sampleCodebook()] });
    const diff = diffBundles(null, only);
    expect([diff.edits.added.length, diff.patches.added.length, diff.bytes]).toEqual([
      2,
      1,
      patchBytes(only.manifest.patches[0]!),
    ]);
    expect(diff.settings.method).toEqual({ before: null, after: "grace" });
  });
});
