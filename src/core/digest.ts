import { toHex } from "./hex.ts";

/** A content address: `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

const DIGEST_PATTERN = /^sha256:[0-9a-f]{64}$/;

/** Whether `text` is a well-formed digest. */
export const isDigest = (text: string): text is Digest => DIGEST_PATTERN.test(text);

/** The hexadecimal digits of a digest, without what they are digits of. */
export const hexDigits = (digest: Digest): string => digest.slice("sha256:".length);

/** Digits that tell a digest from others to people. */
const SHORT_ID_LENGTH = 12;

/** A digest as people read it: its first 12 hexadecimal digits. */
export const shortId = (digest: Digest): string => hexDigits(digest).slice(0, SHORT_ID_LENGTH);

/** The digest of `bytes`. Computed by the platform's WebCrypto; touches nothing else. */
export const digestOf = async (bytes: Uint8Array): Promise<Digest> => {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return `sha256:${toHex(hash)}`;
};

/** The digest of a UTF-8 text. */
export const digestOfText = (text: string): Promise<Digest> => digestOf(new TextEncoder().encode(text));
