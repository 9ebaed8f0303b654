import type { Digest } from "../../core/digest.ts";
import { fail, ok } from "../../core/result.ts";
import type { TokenRecord, TokenStore } from "../ports.ts";
import { unknownToken } from "../problems.ts";

interface Kept {
  readonly hash: Digest;
  readonly token: TokenRecord;
}

const compareKept = ({ token: left }: Kept, { token: right }: Kept): number =>
  `${left.createdAt} ${left.id}` < `${right.createdAt} ${right.id}` ? -1 : 1;

/** Keeps the hashes of access tokens in memory, for tests and for tools without a database. */
export const createMemoryTokenStore = (): TokenStore => {
  const tokens = new Map<string, Kept>();
  return {
    create: async (token, hash) => {
      const taken = tokens.has(token.id) || [...tokens.values()].some((kept) => kept.hash === hash);
      if (taken) throw new Error(`token id or hash is taken: ${token.id}`);
      tokens.set(token.id, { hash, token });
    },
    authenticate: async (hash) => {
      const kept = [...tokens.values()].find((candidate) => candidate.hash === hash);
      return kept === undefined || kept.token.revokedAt !== null ? fail(unknownToken()) : ok(kept.token);
    },
    list: async () => [...tokens.values()].sort(compareKept).map(({ token }) => token),
    revoke: async (id, revokedAt) => {
      const kept = tokens.get(id);
      if (kept === undefined) return fail(unknownToken());
      const token = { ...kept.token, revokedAt: kept.token.revokedAt ?? revokedAt };
      tokens.set(id, { ...kept, token });
      return ok(token);
    },
  };
};
