import { randomBytes } from "node:crypto";
import { type Digest, digestOfText } from "../../core/digest.ts";
import { type MintedToken, mintToken } from "../../core/mint-token.ts";
import type { Scope } from "../../core/scope.ts";

/** A text as an SQL literal: SQLite knows no escape but the doubled quote. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const insertStatement = (token: MintedToken, hash: Digest): string => {
  const values = [token.id, token.name, hash, JSON.stringify(token.scopes), token.createdAt];
  return `INSERT INTO tokens (id, name, hash, scopes, created_at) VALUES (${values.map(literal).join(", ")});`;
};

/** A token made here, and the statement that registers it in a deployment's database: it holds the token's hash alone. */
export interface FirstToken extends MintedToken {
  readonly sql: string;
}

/** Makes a deployment's first token, which no other token can create over HTTP. */
export const makeFirstToken = async (name: string, scopes: readonly Scope[]): Promise<FirstToken> => {
  const token = mintToken({ name, scopes, createdAt: new Date().toISOString() }, randomBytes);
  return { ...token, sql: insertStatement(token, await digestOfText(token.token)) };
};
