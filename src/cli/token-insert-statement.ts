import type { Digest } from "../core/digest.ts";
import type { MintedToken } from "../core/mint-token.ts";

/** A text as an SQL literal: SQLite knows no escape but the doubled quote. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * The statement that registers a token in a deployment's database, for the first one, which no other token can
 * create over HTTP. It holds the token's hash, never the token.
 */
export const tokenInsertStatement = (token: Omit<MintedToken, "token">, hash: Digest): string => {
  const values = [token.id, token.name, hash, JSON.stringify(token.scopes), token.createdAt];
  return `INSERT INTO tokens (id, name, hash, scopes, created_at) VALUES (${values.map(literal).join(", ")});`;
};
