import { counted } from "../../core/counted.ts";
import { disturbedCodebooks } from "../../core/patch/disturbed-codebooks.ts";
import type { MadeMerge } from "../../workshop/bundles/merge-named-bundles.ts";
import type { Style } from "../style.ts";
import { formatTable } from "../table.ts";

/** What a merge did, for machines. */
export const mergeDocument = ({ sources, merged, shrunk, bundle }: MadeMerge) => ({
  sources: sources.map(({ reference, source: { id, manifest } }) => ({
    reference,
    id,
    method: manifest.method,
    edits: manifest.edits.length,
    patches: manifest.patches.length,
  })),
  parent: bundle.manifest.parent,
  edits: merged.edits.length,
  patches: merged.patches.length,
  repeated: merged.repeated,
  renamed: merged.renamed,
  narrowed: merged.narrowed,
  shrunk,
  disturbed: disturbedCodebooks(merged.patches),
});

const radius = (value: number): string => value.toPrecision(4);

const sourceTable = ({ sources }: MadeMerge, style: Style): string =>
  formatTable(
    ["BUNDLE", "METHOD", "EDITS", "PATCHES", "ID"],
    sources.map(({ reference, source: { id, manifest } }) => [
      reference,
      manifest.method,
      String(manifest.edits.length),
      String(manifest.patches.length),
      id,
    ]),
    style.faint,
  );

const shrunkTable = ({ shrunk }: MadeMerge, style: Style): string =>
  formatTable(
    ["PATCH", "ENTRY", "BLOCK", "RADIUS", "NOW", "MADE ROOM FOR"],
    shrunk.map(({ patch, entry, layer, before, after, other }) => [
      patch,
      String(entry),
      String(layer),
      radius(before),
      radius(after),
      other,
    ]),
    style.faint,
  );

/** What a merge did, for people: where everything came from, what was left out, renamed or shrunk. */
export const describeMerge = (made: MadeMerge, style: Style): string => {
  const { merged, shrunk } = made;
  const { repeated, renamed, narrowed } = merged;
  const lines = [
    `${counted(merged.edits.length, "edit")} and ${counted(merged.patches.length, "patch", "patches")}.`,
    repeated.edits + repeated.patches > 0
      ? `Kept once although in several bundles: ${counted(repeated.edits, "edit")}, ${counted(repeated.patches, "patch", "patches")}.`
      : "",
    ...narrowed.map((id) => `Kept once, with the narrower radii: ${id}`),
    ...renamed.map(({ from, to, source }) => `Renamed: "${from}" of ${source} is now "${to}"`),
    shrunk.length === 0
      ? "No codebook entries overlap."
      : style.bad(
          `${counted(shrunk.length, "codebook entry", "codebook entries")} shrunk, as balls overlapped:`,
        ),
    ...disturbedCodebooks(merged.patches).map(({ layer, patches }) =>
      style.bad(
        `The codebook of block ${layer} compares states that ${counted(patches.length, "other patch", "other patches")} may move, ` +
          `first ${patches[0]}: ask its edits again before a release.`,
      ),
    ),
  ].filter((line) => line !== "");
  const tables = shrunk.length === 0 ? [] : [shrunkTable(made, style)];
  return [sourceTable(made, style), "", ...lines, ...tables].join("\n");
};
