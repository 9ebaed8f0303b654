import type { LoweringEmitter } from "../lowering-emitter.ts";

/**
 * Keys or values [B, heads, S, d] behind those of the cache, where there is one; written as `output` where the node
 * hands the whole out.
 */
export const appendCache = (
  emit: LoweringEmitter,
  cache: string | undefined,
  tensor: string,
  output: string | undefined,
): string => {
  if (cache !== undefined) return emit.concat([cache, tensor], 2, output);
  return output === undefined ? tensor : emit.op("Identity", [tensor], {}, output);
};
