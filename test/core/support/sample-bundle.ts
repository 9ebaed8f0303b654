import { encodeBase64 } from "../../../src/core/base64.ts";
import { type BuiltBundle, type BundleParts, buildBundle } from "../../../src/core/bundle/build-bundle.ts";
import {
  keyIdOf,
  type Signature,
  signManifest,
  type TrustedKeys,
} from "../../../src/core/bundle/signature.ts";
import { sampleModel } from "./sample-model.ts";
import { sampleCodebook, sampleEdits, sampleNeurons } from "./sample-patches.ts";

/** Builds a bundle of two edits and two patches for the sample model, but for what `parts` says otherwise. */
export const sampleBundle = async (parts: Partial<BundleParts> = {}): Promise<BuiltBundle> => {
  const built = await buildBundle({
    edits: sampleEdits,
    patches: [sampleCodebook(), sampleNeurons()],
    method: "grace",
    parameters: { rate: "0.05" },
    seed: 7,
    model: await sampleModel(),
    parent: null,
    report: null,
    ...parts,
  });
  if (!built.ok) throw new Error(built.problem.message);
  return built.value;
};

/** A fresh Ed25519 key that signs manifests. */
export interface Signer {
  readonly keyId: string;
  /** The setting under which this key is trusted. */
  readonly trusted: TrustedKeys;
  readonly sign: (manifestBytes: Uint8Array) => Promise<Signature>;
}

/** Generates a signer. */
export const generateSigner = async (): Promise<Signer> => {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array((await crypto.subtle.exportKey("raw", pair.publicKey)) as ArrayBuffer);
  const keyId = await keyIdOf(publicKey);
  return {
    keyId,
    trusted: { [keyId]: encodeBase64(publicKey) },
    sign: (manifestBytes) => signManifest(manifestBytes, pair.privateKey, publicKey),
  };
};
