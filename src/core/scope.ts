/** What a token may do; `admin` implies all the others. */
export const SCOPES = [
  "infer",
  "bundle:read",
  "bundle:publish",
  "release:write",
  "release:rollback",
  "hotfix:write",
  "admin",
] as const;

/** One permission of a token. */
export type Scope = (typeof SCOPES)[number];

/** Whether a token that holds `held` may do what `needed` names. */
export const permits = (held: readonly Scope[], needed: Scope): boolean =>
  held.includes("admin") || held.includes(needed);
