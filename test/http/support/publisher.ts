import { encodeBase64 } from "../../../src/core/base64.ts";
import { type BuiltBundle, buildBundle } from "../../../src/core/bundle/build-bundle.ts";
import {
  keyIdOf,
  type Signature,
  signManifest,
  type TrustedKeys,
} from "../../../src/core/bundle/signature.ts";
import type { Digest } from "../../../src/core/digest.ts";
import { editSchema } from "../../../src/core/edit/edit.ts";
import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";

/** Somebody with an Ed25519 key pair. */
export interface Publisher {
  readonly trustedKeys: TrustedKeys;
  readonly sign: (manifestBytes: Uint8Array) => Promise<Signature>;
}

/** A publisher with a fresh key pair. */
export const createPublisher = async (): Promise<Publisher> => {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array((await crypto.subtle.exportKey("raw", pair.publicKey)) as ArrayBuffer);
  return {
    trustedKeys: { [await keyIdOf(publicKey)]: encodeBase64(publicKey) },
    sign: (manifestBytes) => signManifest(manifestBytes, pair.privateKey, publicKey),
  };
};

/** A bundle of `patches`, each of the edit with its index. */
export const bundleOf = async (
  model: PreparedModel,
  patches: readonly Patch[],
  options: {
    readonly prompts?: readonly string[];
    /** Of each prompt; "Oslo" where left out. */
    readonly targets?: readonly string[];
    readonly seed?: number;
    readonly parent?: Digest;
  } = {},
): Promise<BuiltBundle> => {
  const prompts = options.prompts ?? ["The capital of France is"];
  const built = await buildBundle({
    edits: prompts.map((prompt, index) =>
      editSchema.parse({ prompt, target: options.targets?.[index] ?? "Oslo" }),
    ),
    patches,
    method: "grace",
    parameters: {},
    seed: options.seed ?? 0,
    model,
    parent: options.parent ?? null,
    report: null,
  });
  if (!built.ok) throw new Error(built.problem.message);
  return built.value;
};

/** The body that publishes `bundle`, signed by `publisher`. */
export const publishBody = async (
  publisher: Publisher,
  bundle: Pick<BuiltBundle, "manifestBytes">,
  extra: { readonly dryRun?: boolean } = {},
) => ({
  manifest: encodeBase64(bundle.manifestBytes),
  signatures: [await publisher.sign(bundle.manifestBytes)],
  report: null,
  ...extra,
});
