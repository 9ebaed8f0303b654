import { digestOfText } from "../../core/digest.ts";

/**
 * Whether two secrets are equal, in a time that tells nothing about where they differ: what is compared are
 * digests, which an attacker cannot steer towards a match byte by byte, and all of both is read.
 */
export const secretsEqual = async (left: string, right: string): Promise<boolean> => {
  const [leftDigest, rightDigest] = await Promise.all([digestOfText(left), digestOfText(right)]);
  let difference = 0;
  for (let position = 0; position < leftDigest.length; position++)
    difference |= leftDigest.charCodeAt(position) ^ rightDigest.charCodeAt(position);
  return difference === 0;
};
