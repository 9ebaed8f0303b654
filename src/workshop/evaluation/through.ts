/** Ways to ask the model under evaluation: in this process, or a live service. */
export const THROUGH = ["engine", "http"] as const;

/** One of `THROUGH`. */
export type Through = (typeof THROUGH)[number];
