/** The block a patch acts in; none for kinds that act outside of the model. */
type Layer = number | null | undefined;

/** A block in a cell of a table. */
export const layerCell = (layer: Layer): string => (layer == null ? "-" : String(layer));

/** A patch's kind and where it acts: `neurons, layer 3`. */
export const describePlace = (kind: string, layer: Layer): string =>
  layer == null ? kind : `${kind}, layer ${layer}`;
