import type { BundleDiff, ChangedEdit, ChangedPatch } from "../../core/bundle/diff.ts";
import type { NarrowedPatch } from "../../core/bundle/narrowed-patches.ts";
import { counted } from "../../core/counted.ts";
import type { Edit } from "../../core/edit/edit.ts";
import type { PatchRecord } from "../../core/patch/patch.ts";
import { patchBytes } from "../../core/patch/patch-record.ts";
import type { Style } from "../style.ts";
import { formatBytes } from "../table.ts";
import { describePlace } from "./patch-place.ts";

/** Digits of a radius that people read. */
const RADIUS_DIGITS = 4;

const describeEdit = ({ prompt, target }: Edit): string => `"${prompt}" -> "${target}"`;

const describeChangedEdit = ({ before, after }: ChangedEdit): string =>
  before.target === after.target
    ? `${describeEdit(after)} (same target; phrasings or probes differ)`
    : `"${after.prompt}" -> "${after.target}" (was "${before.target}")`;

const describePatch = (record: PatchRecord): string =>
  `${record.id}  ${describePlace(record.kind, record.layer)}, ${formatBytes(patchBytes(record))}`;

const describeChangedPatch = ({ id, kind, layer, normDelta }: ChangedPatch): string => {
  const norm = normDelta === null ? "" : `, norm ${signed(Number(normDelta.toPrecision(3)))}`;
  return `${id}  ${describePlace(kind, layer)}${norm}`;
};

const describeNarrowed = ({ id, was, layer, keys, before, after }: NarrowedPatch): string => {
  const name = id === was ? id : `${was} -> ${id}`;
  const radius = `radius ${before.toPrecision(RADIUS_DIGITS)} -> ${after.toPrecision(RADIUS_DIGITS)}`;
  return `${name}  ${describePlace("codebook", layer)}, ${radius}${keys === 1 ? "" : ` at most, ${counted(keys, "key")}`}`;
};

const signed = (value: number): string => (value > 0 ? `+${value}` : String(value));

interface Changes<Item, Changed> {
  readonly added: readonly Item[];
  readonly removed: readonly Item[];
  readonly changed: readonly Changed[];
  readonly narrowed?: readonly NarrowedPatch[];
}

const section = <Item, Changed>(
  title: string,
  { added, removed, changed, narrowed = [] }: Changes<Item, Changed>,
  describe: (item: Item) => string,
  describeChanged: (item: Changed) => string,
  style: Style,
): readonly string[] => {
  if (added.length + removed.length + changed.length + narrowed.length === 0) return [];
  const fewer = narrowed.length === 0 ? "" : `, ${narrowed.length} narrowed`;
  return [
    `${title}: ${added.length} added, ${removed.length} removed, ${changed.length} changed${fewer}`,
    ...added.map((item) => style.good(`  + ${describe(item)}`)),
    ...removed.map((item) => style.bad(`  - ${describe(item)}`)),
    ...changed.map((item) => `  ~ ${describeChanged(item)}`),
    ...narrowed.map((item) => `  ~ narrowed ${describeNarrowed(item)}`),
  ];
};

const settingsSection = ({ settings }: BundleDiff): readonly string[] => {
  const rows = Object.entries(settings);
  return rows.length === 0
    ? []
    : [
        "settings:",
        ...rows.map(([name, { before, after }]) => `  ~ ${name}: ${before ?? "none"} -> ${after ?? "none"}`),
      ];
};

const totals = ({ layers, kinds, bytes }: BundleDiff): readonly string[] => {
  const counts = Object.entries(kinds).map(([kind, delta]) => `${signed(delta)} ${kind}`);
  if (layers.length + counts.length === 0) return [];
  const size = `${bytes < 0 ? "-" : "+"}${formatBytes(Math.abs(bytes))}`;
  const where = layers.length === 0 ? "" : `layers ${layers.join(", ")}; `;
  return [`${where}${[...counts, size].join(", ")}`];
};

/** A diff for people; empty where the two bundles mean the same. */
export const describeDiff = (diff: BundleDiff, style: Style): string =>
  [
    ...section("edits", diff.edits, describeEdit, describeChangedEdit, style),
    ...section("patches", diff.patches, describePatch, describeChangedPatch, style),
    ...settingsSection(diff),
    ...totals(diff),
  ].join("\n");
