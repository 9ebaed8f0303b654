import { toHex } from "./hex.ts";
import type { Scope } from "./scope.ts";

/** Random bytes in a token: too many to guess. */
const TOKEN_BYTES = 32;
/** Random bytes in a token's id, which is no secret. */
const TOKEN_ID_BYTES = 8;
/** Lets secret scanners recognise a token that leaked. */
const TOKEN_PREFIX = "errata_";

/** An access token at its making, the only time that its text is known. */
export interface MintedToken {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** ISO 8601. */
  readonly createdAt: string;
  /** What its holder sends; only its hash is kept. */
  readonly token: string;
}

/**
 * Makes an access token; a scope named twice counts once.
 *
 * @param randomBytes draws unpredictable bytes
 */
export const mintToken = (
  { name, scopes, createdAt }: Pick<MintedToken, "name" | "scopes" | "createdAt">,
  randomBytes: (count: number) => Uint8Array,
): MintedToken => {
  const token = `${TOKEN_PREFIX}${toHex(randomBytes(TOKEN_BYTES))}`;
  const id = toHex(randomBytes(TOKEN_ID_BYTES));
  return { id, name, scopes: [...new Set(scopes)], createdAt, token };
};
