import { digestOfText } from "../../core/digest.ts";
import { type MintedToken, mintToken } from "../../core/mint-token.ts";
import type { Scope } from "../../core/scope.ts";
import type { ServiceDependencies } from "../dependencies.ts";

/** Creates an access token; the store gets its hash alone. */
export const createToken = async (
  { stores, now, randomBytes }: Pick<ServiceDependencies, "stores" | "now" | "randomBytes">,
  name: string,
  scopes: readonly Scope[],
): Promise<MintedToken> => {
  const minted = mintToken({ name, scopes, createdAt: now().toISOString() }, randomBytes);
  const { token, ...record } = minted;
  await stores.tokens.create({ ...record, revokedAt: null }, await digestOfText(token));
  return minted;
};
