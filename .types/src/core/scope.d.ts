/** What a token may do; `admin` implies all the others. */
export declare const SCOPES: readonly ["infer", "bundle:read", "bundle:publish", "release:write", "release:rollback", "hotfix:write", "admin"];
/** One permission of a token. */
export type Scope = (typeof SCOPES)[number];
/** Whether a token that holds `held` may do what `needed` names. */
export declare const permits: (held: readonly Scope[], needed: Scope) => boolean;
