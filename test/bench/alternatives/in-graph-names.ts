/** Inputs of the graph that searches its codebook itself: keys_t [d, m], key_norms [m], values [m, d], radii [m]. */
export const IN_GRAPH_INPUTS = {
  keys_t: "codebook.keys_t",
  key_norms: "codebook.key_norms",
  values: "codebook.values",
  radii: "codebook.radii",
} as const;

/** What it found: the nearest key's index [1] and distance [1]. */
export const IN_GRAPH_OUTPUTS = { index: "codebook.index", distance: "codebook.distance" } as const;
