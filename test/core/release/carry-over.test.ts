import { describe, expect, it } from "vitest";
import { carryOver } from "../../../src/core/release/carry-over.ts";
import { catalogPatches } from "../../../src/core/release/patch-catalog.ts";
import { bundleSource, digestNumber, hotfixSource, manifestOf } from "../support/sample-catalog.ts";

const NOTHING = { hotfixes: [], disabled: [], absorbed: [], replaced: [], forgotten: [] };

describe("carryOver", () => {
  it.each([
    [
      "absorbs a hotfix whose patches the bundle contains",
      ["a:1", "fix:7"],
      { absorbed: [digestNumber(70)] },
    ],
    ["leaves live a hotfix that it does not contain", ["a:1"], { hotfixes: [digestNumber(70)] }],
    [
      "lets a bundle replace a hotfix of the same id and other tensors",
      ["fix:8"],
      { replaced: [digestNumber(70)] },
    ],
  ])("%s", (_, bundle, expected) => {
    const before = catalogPatches([bundleSource("a:1"), hotfixSource(70, "fix:7")], []);
    expect(carryOver(before, manifestOf(...bundle))).toEqual({ ...NOTHING, ...expected });
  });

  it("leaves live a hotfix of two patches of which the bundle contains one", () => {
    const before = catalogPatches([bundleSource("a:1"), hotfixSource(70, "fix:7", "more:8")], []);
    expect(carryOver(before, manifestOf("fix:7"))).toEqual({ ...NOTHING, hotfixes: [digestNumber(70)] });
  });

  it("keeps the order of the hotfixes that stay", () => {
    const hotfixes = [hotfixSource(70, "x:7"), hotfixSource(60, "y:6"), hotfixSource(50, "z:5")];
    const before = catalogPatches([bundleSource("a:1"), ...hotfixes], []);
    expect(carryOver(before, manifestOf("y:6"))).toEqual({
      ...NOTHING,
      hotfixes: [digestNumber(70), digestNumber(50)],
      absorbed: [digestNumber(60)],
    });
  });

  it.each([
    ["stays disabled where the bundle holds the same patch", ["a:1"], { disabled: ["a"] }],
    ["is forgotten where the bundle holds another under its id", ["a:2"], { forgotten: ["a"] }],
    ["is forgotten where the bundle holds none", ["b:1"], { forgotten: ["a"] }],
  ])("a disabled patch of the bundle %s", (_, bundle, expected) => {
    const before = catalogPatches([bundleSource("a:1", "c:3")], ["a"]);
    expect(carryOver(before, manifestOf(...bundle))).toEqual({ ...NOTHING, ...expected });
  });

  it("a disabled patch of a hotfix stays disabled with it, live or absorbed", () => {
    const before = catalogPatches([bundleSource("a:1"), hotfixSource(70, "fix:7")], ["fix"]);
    const live = { hotfixes: [digestNumber(70)], disabled: ["fix"] };
    expect(carryOver(before, manifestOf("a:1"))).toEqual({ ...NOTHING, ...live });
    const absorbed = { absorbed: [digestNumber(70)], disabled: ["fix"] };
    expect(carryOver(before, manifestOf("a:1", "fix:7"))).toEqual({ ...NOTHING, ...absorbed });
  });

  it("carries nothing over to none, the bare model", () => {
    const before = catalogPatches([bundleSource("a:1"), hotfixSource(70, "fix:7")], ["a"]);
    expect(carryOver(before, null)).toEqual({ ...NOTHING, replaced: [digestNumber(70)], forgotten: ["a"] });
  });
});

it("replaces, and does not absorb, where only the values of a codebook differ", () => {
  const ofValues = (number: number) => {
    const [record] = manifestOf("fix:7").patches;
    const values = { tensors: record!.tensors, blob: digestNumber(number), bytes: 1 };
    const patch = { ...record!, kind: "codebook" as const, replace: "last" as const, values };
    return { ...manifestOf("fix:7"), patches: [patch] };
  };
  const before = catalogPatches([{ hotfix: digestNumber(70), manifest: ofValues(8) }], []);
  expect(carryOver(before, ofValues(8))).toMatchObject({ absorbed: [digestNumber(70)] });
  expect(carryOver(before, ofValues(9))).toMatchObject({ replaced: [digestNumber(70)] });
});
