import * as z from "zod";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { digestOf, hexDigits } from "../digest.ts";
import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";

/** The DSSE payload type of a manifest; part of what is signed, so that no other document passes for one. */
export const MANIFEST_PAYLOAD_TYPE = "application/vnd.errata.manifest.v1+json";
/** Most signatures that one bundle may carry. */
export const BUNDLE_MAX_SIGNATURES = 16;
/** Bytes of a raw Ed25519 public key. */
export const PUBLIC_KEY_BYTES = 32;
/** Bytes of an Ed25519 signature. */
const SIGNATURE_BYTES = 64;

/** One signature over a manifest's exact bytes: the key's id, and 64 bytes in base64. */
export const signatureSchema = z.strictObject({
  keyId: z.string().regex(/^[0-9a-f]{16}$/, "expected 16 hexadecimal digits"),
  signature: z.base64().length(88),
});

/** The content of `signatures.json`. */
export const signaturesSchema = z.array(signatureSchema).max(BUNDLE_MAX_SIGNATURES);

/** One signature over a manifest. */
export type Signature = z.infer<typeof signatureSchema>;

/** Public keys whose bundles are served: key id to raw public key in base64. */
export type TrustedKeys = Readonly<Record<string, string>>;

/** The id of a public key: the first 16 hexadecimal digits of the sha256 of its 32 raw bytes. */
export const keyIdOf = async (publicKey: Uint8Array): Promise<string> =>
  hexDigits(await digestOf(publicKey)).slice(0, 16);

/**
 * The DSSE v1 pre-authentication encoding, `DSSEv1 SP len(type) SP type SP len(body) SP body`: what is signed in
 * place of the bare bytes, so that type and body cannot be shifted into one another.
 * https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export const preAuthenticationEncoding = (payloadType: string, body: Uint8Array): Uint8Array<ArrayBuffer> => {
  const type = new TextEncoder().encode(payloadType);
  const head = new TextEncoder().encode(`DSSEv1 ${type.length} ${payloadType} ${body.length} `);
  const encoded = new Uint8Array(head.length + body.length);
  encoded.set(head);
  encoded.set(body, head.length);
  return encoded;
};

/** Signs a manifest's bytes with an Ed25519 private key; `publicKey` is its raw public key. */
export const signManifest = async (
  manifestBytes: Uint8Array,
  privateKey: CryptoKey,
  publicKey: Uint8Array,
): Promise<Signature> => {
  const message = preAuthenticationEncoding(MANIFEST_PAYLOAD_TYPE, manifestBytes);
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message));
  return { keyId: await keyIdOf(publicKey), signature: encodeBase64(signature) };
};

const verifyOne = async (
  message: Uint8Array<ArrayBuffer>,
  signature: string,
  key: string,
): Promise<boolean> => {
  const rawKey = decodeBase64(key);
  const rawSignature = decodeBase64(signature);
  if (rawKey?.length !== PUBLIC_KEY_BYTES || rawSignature?.length !== SIGNATURE_BYTES) return false;
  try {
    const imported = await crypto.subtle.importKey("raw", rawKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, rawSignature, message);
  } catch {
    // WebCrypto throws on a key that is not a point of the curve; such a key verifies nothing.
    return false;
  }
};

const invalid = (keyId: string): Problem =>
  problem(
    "signature_invalid",
    `The signature by key ${keyId} does not fit the manifest's bytes: they were changed after signing, or signed ` +
      "by another key. Publish the bundle as it was built, or sign it again.",
    { param: "signatures", detail: { keyId } },
  );

/**
 * Checks a manifest's signatures. One by a trusted key must verify; signatures by keys that are not trusted are
 * passed over, but a trusted key's signature that fails refuses the bundle whatever else is there.
 * Returns the ids of the trusted keys that signed.
 *
 * Errors: `signature_missing`, `signature_invalid`, `signer_not_trusted`.
 */
export const verifySignatures = async (
  manifestBytes: Uint8Array,
  signatures: readonly Signature[],
  trustedKeys: TrustedKeys,
): Promise<Result<readonly string[]>> => {
  if (signatures.length === 0)
    return fail(
      problem(
        "signature_missing",
        "The bundle carries no signature. Sign it with a key the service trusts.",
        {
          param: "signatures",
        },
      ),
    );
  const message = preAuthenticationEncoding(MANIFEST_PAYLOAD_TYPE, manifestBytes);
  const signers: string[] = [];
  for (const { keyId, signature } of signatures) {
    const key = Object.hasOwn(trustedKeys, keyId) ? trustedKeys[keyId] : undefined;
    if (key === undefined) continue;
    if (!(await verifyOne(message, signature, key))) return fail(invalid(keyId));
    signers.push(keyId);
  }
  if (signers.length > 0) return ok(signers);
  const keyIds = signatures.map(({ keyId }) => keyId);
  return fail(
    problem(
      "signer_not_trusted",
      `The bundle is signed by ${keyIds.join(", ")}, none of which is trusted. Add the public key to TRUSTED_KEYS, ` +
        "or sign with a trusted key.",
      { param: "signatures", detail: { keyIds } },
    ),
  );
};
