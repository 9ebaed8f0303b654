import type { Result } from "../result.ts";
import type { TrustedKeys } from "./signature.ts";
/**
 * Reads the `TRUSTED_KEYS` setting. Each id must be the one its key has (`keyIdOf`), so that a slip in the
 * configuration shows at once instead of as a signature that never verifies.
 *
 * Errors: `invalid_request`, param `TRUSTED_KEYS`.
 */
export declare const parseTrustedKeys: (text: string) => Promise<Result<TrustedKeys>>;
