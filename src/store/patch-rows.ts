import type { Manifest } from "../core/bundle/manifest.ts";

/** Patch rows sent in one statement, as one JSON parameter of under 1 MB: D1 takes at most 100 parameters. */
const PATCHES_PER_STATEMENT = 2_000;

/**
 * The patches of a manifest as JSON texts for `json_each`, each an array of rows `[position, patch, kind, layer,
 * blob, values_blob]`: one text a statement.
 */
export const patchRowGroups = ({ patches }: Pick<Manifest, "patches">): readonly string[] => {
  const rows = patches.map((record, position) => {
    const { id, kind, layer, blob, values } = record;
    return [position, id, kind, layer ?? null, blob, values?.blob ?? null];
  });
  return Array.from({ length: Math.ceil(rows.length / PATCHES_PER_STATEMENT) }, (_, group) =>
    JSON.stringify(rows.slice(group * PATCHES_PER_STATEMENT, (group + 1) * PATCHES_PER_STATEMENT)),
  );
};
