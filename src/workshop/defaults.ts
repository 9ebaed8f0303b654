/** The model that is meant where none is named, as `wrangler.toml` has it. */
export const DEFAULT_MODEL = "world";

/** The channel that is meant where none is named, as `wrangler.toml` has it. */
export const DEFAULT_CHANNEL = "stable";
