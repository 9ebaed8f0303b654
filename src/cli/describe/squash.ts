import { counted } from "../../core/counted.ts";
import { inOneGroup } from "../../core/patch/patch-group.ts";
import type { SquashedSite } from "../../edit/down-projection/squash-low-rank.ts";
import type { MadeSquash } from "../../workshop/bundles/squash-named-bundle.ts";
import type { Style } from "../style.ts";
import { formatTable } from "../table.ts";

/** What a squash did, for machines. */
export const squashDocument = ({ sites, untouched, disturbed, bundle }: MadeSquash) => ({
  parent: bundle.manifest.parent,
  patches: bundle.manifest.patches.length,
  sites,
  untouched,
  disturbed,
});

const siteTable = (sites: readonly SquashedSite[], style: Style): string =>
  formatTable(
    ["BLOCK", "SITE", "PATCHES", "EDITS", "RANK", "NOW", "RELATIVE ERROR", "PATCH"],
    sites.map(({ layer, site, from, edits, before, rank, error, patch }) => [
      String(layer),
      site,
      String(from.length),
      String(edits.length),
      String(before),
      String(rank),
      error === 0 ? "0" : error.toExponential(2),
      patch,
    ]),
    style.faint,
  );

/** Sites of which one alone can be disabled although edits of it live at the other too. */
const isSplit = (site: SquashedSite, sites: readonly SquashedSite[]): boolean =>
  sites.some(
    (other) =>
      other !== site &&
      other.edits.some((edit) => site.edits.includes(edit)) &&
      !inOneGroup({ id: site.patch, edits: site.edits }, { id: other.patch, edits: other.edits }),
  );

/** What can no longer be detached by itself. */
const granularityOf = (sites: readonly SquashedSite[]): readonly string[] => {
  const joined = sites.filter(({ from }) => from.length > 1);
  if (joined.length === 0) return ["Every patch was alone at its site: edits are detached as before."];
  const lines = joined.map(
    ({ layer, site, from, edits, patch }) =>
      `${counted(from.length, "patch", "patches")} on the ${site}-projection of block ${layer} could be detached one by ` +
      `one; now "${patch}" carries ${counted(edits.length, "edit")}, and they leave together.`,
  );
  const split = joined.filter((site) => isSplit(site, sites));
  return split.length === 0
    ? lines
    : [
        ...lines,
        `Edits of ${split.map(({ patch }) => patch).join(", ")} have parts in other patches too: disabling one patch ` +
          "leaves those parts in place.",
      ];
};

/** Relative error of a site from which on edits have been seen to get lost. */
const LARGE_ERROR = 0.1;

const warningOf = (sites: readonly SquashedSite[]): readonly string[] =>
  sites.some(({ error }) => error > LARGE_ERROR)
    ? [
        `A relative error above ${LARGE_ERROR} may undo edits: ask their prompts again before a release, or squash with ` +
          `--error ${LARGE_ERROR}.`,
      ]
    : [];

/** What a squash did, for people: every site's rank and error, and what can no longer be detached by itself. */
export const describeSquash = (made: MadeSquash, style: Style): string =>
  [
    siteTable(made.sites, style),
    "",
    ...[...warningOf(made.sites), ...granularityOf(made.sites)].map(style.bad),
    ...(made.untouched > 0
      ? [`${counted(made.untouched, "patch", "patches")} of other kinds passed through unchanged.`]
      : []),
    ...made.disturbed.map(({ layer }) =>
      style.bad(
        `The codebook of block ${layer} compares states that the compressed patches move: ask its edits again before a release.`,
      ),
    ),
  ].join("\n");
