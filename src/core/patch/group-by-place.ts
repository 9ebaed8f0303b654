import type { PatchBase } from "./patch-kind.ts";

/** Zero-padded, so that the order of the keys is the order of the layers. */
const placeKey = ({ layer, site }: PatchBase & { readonly layer: number }): string =>
  `${String(layer).padStart(6, "0")} ${site ?? ""}`;

/** The patches at each layer, and each linear layer of it, in order of these; those of one in the order given. */
export const groupByPlace = <P extends PatchBase & { readonly layer: number }>(
  patches: readonly P[],
): readonly (readonly [P, ...P[]])[] =>
  [...Map.groupBy(patches, placeKey)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, group]) => group as [P, ...P[]]);
