import { describe, expect, it } from "vitest";
import type { LinearSite } from "../../../src/core/model/prepared-model.ts";
import type { LowRankPatch } from "../../../src/core/patch/kinds/low-rank.ts";
import { inOneGroup } from "../../../src/core/patch/patch-group.ts";
import { squashLowRank } from "../../../src/edit/down-projection/squash-low-rank.ts";
import { sampleCodebook, sampleNeurons } from "../../core/support/sample-patches.ts";
import { seededNormals } from "../../onnx/support/seeded.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

const [ROWS, COLUMNS] = [12, 6];

const lowRank = (
  id: string,
  layer: number,
  edits: readonly number[],
  { rank = 1, site = "down" as LinearSite } = {},
): LowRankPatch => {
  const normals = seededNormals(id.length * 31 + layer);
  return {
    kind: "low-rank",
    id,
    edits,
    layer,
    site,
    tensors: {
      A: { shape: [ROWS, rank], data: Float32Array.from(normals(ROWS * rank)) },
      B: { shape: [rank, COLUMNS], data: Float32Array.from(normals(rank * COLUMNS)) },
    },
  };
};

const productOf = (patches: readonly LowRankPatch[]): Float64Array => {
  const product = new Float64Array(ROWS * COLUMNS);
  for (const { tensors } of patches) {
    const rank = tensors.A.shape[1]!;
    for (let i = 0; i < ROWS; i++)
      for (let k = 0; k < rank; k++)
        for (let j = 0; j < COLUMNS; j++)
          product[i * COLUMNS + j]! += tensors.A.data[i * rank + k]! * tensors.B.data[k * COLUMNS + j]!;
  }
  return product;
};

const errorOf = (before: readonly LowRankPatch[], after: LowRankPatch): number => {
  const [whole, part] = [productOf(before), productOf([after])];
  return Math.hypot(...whole.map((value, i) => value - part[i]!)) / Math.hypot(...whole);
};

describe("squashLowRank", () => {
  it("makes one patch a site, with the edits of all and the error it states", () => {
    const patches = [lowRank("a", 1, [2]), lowRank("bb", 1, [0, 2], { rank: 2 }), lowRank("ccc", 1, [1])];
    const squashed = unwrap(squashLowRank(patches, { rank: 2 }));
    const [patch] = squashed.patches as LowRankPatch[];
    expect(squashed.patches).toHaveLength(1);
    expect(patch).toMatchObject({ id: "squashed-down.block-1", edits: [0, 1, 2], layer: 1, site: "down" });
    expect(squashed.sites).toMatchObject([
      { patch: patch!.id, from: ["a", "bb", "ccc"], edits: [0, 1, 2], before: 4, rank: 2 },
    ]);
    const { error } = squashed.sites[0]!;
    expect(error).toBeGreaterThan(0.01);
    expect(Math.abs(error - errorOf(patches, patch!))).toBeLessThan(1e-12);
  });

  it("sets factors side by side where every column is needed", () => {
    const patches = [lowRank("a", 1, [0]), lowRank("bb", 1, [1])];
    const squashed = unwrap(squashLowRank(patches, { rank: 8 }));
    expect(squashed.sites).toMatchObject([{ before: 2, rank: 2, error: 0 }]);
    expect([...productOf(squashed.patches as LowRankPatch[])]).toEqual([...productOf(patches)]);
  });

  it("keeps sites and blocks apart, other kinds as they are, and every patch's place", () => {
    const [codebook, neurons] = [sampleCodebook("words"), sampleNeurons("nerves")];
    const patches = [
      lowRank("late", 2, [0]),
      codebook,
      lowRank("down", 1, [1]),
      lowRank("up", 1, [1], { site: "up" }),
      neurons,
      lowRank("later", 2, [2]),
    ];
    const squashed = unwrap(squashLowRank(patches, { rank: 1 }));
    expect(squashed.patches.map(({ id }) => id)).toEqual([
      "squashed-down.block-2",
      "words",
      "down",
      "up",
      "nerves",
    ]);
    expect(squashed.patches[1]).toBe(codebook);
    expect(squashed.patches[4]).toBe(neurons);
    expect(squashed.sites.map(({ layer, site }) => [layer, site])).toEqual([
      [1, "down"],
      [1, "up"],
      [2, "down"],
    ]);
  });

  it("leaves a patch alone at its site its name, and itself where its rank fits", () => {
    const [fits, large] = [lowRank("fits", 0, [0], { rank: 2 }), lowRank("large", 1, [1], { rank: 4 })];
    const { patches, sites } = unwrap(squashLowRank([fits, large], { rank: 2 }));
    expect(patches[0]).toEqual(fits);
    expect(patches[1]).toMatchObject({ id: "large", tensors: { A: { shape: [ROWS, 2] } } });
    expect(sites.map(({ error }) => error > 0)).toEqual([false, true]);
  });

  it("keeps what was solved over several blocks one group", () => {
    const blocks = [1, 2].flatMap((layer) => [lowRank("a", layer, [0]), lowRank("bb", layer, [1])]);
    const [first, second] = unwrap(squashLowRank(blocks, { rank: 1 })).patches;
    expect(inOneGroup(first!, second!)).toBe(true);
  });

  it("takes no id that another patch has", () => {
    const taken = sampleNeurons("squashed-down.block-1");
    const patches = [lowRank("a", 1, [0]), lowRank("bb", 1, [1]), taken];
    const squashed = unwrap(squashLowRank(patches, { rank: 1 }));
    expect(squashed.patches.map(({ id }) => id)).toEqual([
      "squashed-down.block-1-2",
      "squashed-down.block-1",
    ]);
  });

  it("tells of every site done", () => {
    const heard: number[][] = [];
    const patches = [lowRank("a", 1, [0]), lowRank("bb", 2, [1])];
    unwrap(squashLowRank(patches, { rank: 1 }, (...step) => heard.push(step)));
    expect(heard).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it("refuses patches of which none is low-rank", () => {
    const refused = squashLowRank([sampleCodebook()], { rank: 1 });
    expect(refused).toMatchObject({ ok: false, problem: { code: "invalid_request" } });
    expect(refused.ok ? "" : refused.problem.message).toContain("no low-rank patch, only codebook ones");
  });
});
