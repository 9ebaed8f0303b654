import { z } from "zod";
import type { Result } from "../result.ts";
/** The DSSE payload type of a manifest; part of what is signed, so that no other document passes for one. */
export declare const MANIFEST_PAYLOAD_TYPE = "application/vnd.errata.manifest.v1+json";
/** Most signatures that one bundle may carry. */
export declare const BUNDLE_MAX_SIGNATURES = 16;
/** Bytes of a raw Ed25519 public key. */
export declare const PUBLIC_KEY_BYTES = 32;
/** One signature over a manifest's exact bytes: the key's id, and 64 bytes in base64. */
export declare const signatureSchema: z.ZodObject<{
    keyId: z.ZodString;
    signature: z.ZodBase64;
}, z.core.$strict>;
/** The content of `signatures.json`. */
export declare const signaturesSchema: z.ZodArray<z.ZodObject<{
    keyId: z.ZodString;
    signature: z.ZodBase64;
}, z.core.$strict>>;
/** One signature over a manifest. */
export type Signature = z.infer<typeof signatureSchema>;
/** Public keys whose bundles are served: key id to raw public key in base64. */
export type TrustedKeys = Readonly<Record<string, string>>;
/** The id of a public key: the first 16 hexadecimal digits of the sha256 of its 32 raw bytes. */
export declare const keyIdOf: (publicKey: Uint8Array) => Promise<string>;
/**
 * The DSSE v1 pre-authentication encoding, `DSSEv1 SP len(type) SP type SP len(body) SP body`: what is signed in
 * place of the bare bytes, so that type and body cannot be shifted into one another.
 * https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export declare const preAuthenticationEncoding: (payloadType: string, body: Uint8Array) => Uint8Array<ArrayBuffer>;
/** Signs a manifest's bytes with an Ed25519 private key; `publicKey` is its raw public key. */
export declare const signManifest: (manifestBytes: Uint8Array, privateKey: CryptoKey, publicKey: Uint8Array) => Promise<Signature>;
/**
 * Checks a manifest's signatures. One by a trusted key must verify; signatures by keys that are not trusted are
 * passed over, but a trusted key's signature that fails refuses the bundle whatever else is there.
 * Returns the ids of the trusted keys that signed.
 *
 * Errors: `signature_missing`, `signature_invalid`, `signer_not_trusted`.
 */
export declare const verifySignatures: (manifestBytes: Uint8Array, signatures: readonly Signature[], trustedKeys: TrustedKeys) => Promise<Result<readonly string[]>>;
