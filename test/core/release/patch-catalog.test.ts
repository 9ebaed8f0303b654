import { describe, expect, it } from "vitest";
import {
  attachedManifest,
  attachedPatches,
  attachedSources,
  catalogPatches,
} from "../../../src/core/release/patch-catalog.ts";
import { bundleSource, digestNumber, hotfixSource } from "../support/sample-catalog.ts";

const SOURCES = [bundleSource("a:1", "b:2"), hotfixSource(70, "a:9", "fix:7"), hotfixSource(60, "late:6")];

const idsOf = (disabled: readonly string[]) =>
  attachedPatches(catalogPatches(SOURCES, disabled)).map(({ record, hotfix }) => [
    record.id,
    record.blob,
    hotfix,
  ]);

describe("a catalog of patches", () => {
  it("lists the bundle's first, then the hotfixes', each id once", () => {
    expect(idsOf([])).toEqual([
      ["a", digestNumber(1), null],
      ["b", digestNumber(2), null],
      ["fix", digestNumber(7), digestNumber(70)],
      ["late", digestNumber(6), digestNumber(60)],
    ]);
  });

  it("leaves out what is disabled, of the bundle or of a hotfix, and lets nothing take its place", () => {
    expect(idsOf(["a", "late"]).map(([id]) => id)).toEqual(["b", "fix"]);
  });

  it("hands each source over with only its attached patches", () => {
    const sources = attachedSources(catalogPatches(SOURCES, ["b"]));
    expect(sources.map(({ manifest }) => manifest.patches.map(({ id }) => id))).toEqual([
      ["a"],
      ["fix"],
      ["late"],
    ]);
  });

  it("joins all that is attached into one manifest, each patch with its own edits", () => {
    const manifest = attachedManifest(catalogPatches(SOURCES, ["a"]))!;
    const prompts = manifest.patches.map(({ id, edits }) => [
      id,
      edits.map((index) => manifest.edits[index]!.prompt),
    ]);
    expect(prompts).toEqual([
      ["b", ["prompt of b:2"]],
      ["fix", ["prompt of fix:7"]],
      ["late", ["prompt of late:6"]],
    ]);
    expect(manifest.edits).toHaveLength(3);
  });

  it("is no manifest where nothing is attached", () => {
    expect(attachedManifest(catalogPatches([], []))).toBeNull();
    expect(attachedManifest(catalogPatches([bundleSource("a:1")], ["a"]))).toBeNull();
  });
});
