import { resolve } from "node:path";
import { type VerifiedBundle, verifyBundle } from "../../core/bundle/verify-bundle.ts";
import { ok, type Result } from "../../core/result.ts";
import { type BundleDirectory, readBundleDirectory } from "../directories/bundle-directory.ts";
import { readModelDescription, resolveModelDirectory } from "../directories/model-directory.ts";
import { findTrustedKeys, type TrustOptions } from "../keys/trusted-keys.ts";
import { findBaseModel } from "../models/base-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Which bundle directory to verify, and against what. */
export interface VerifyOptions extends TrustOptions {
  readonly directory: string;
  /** The base model's directory or name; where it is left out, the model is looked for as `findBaseModel` does. */
  readonly model?: string | undefined;
}

/** A bundle directory that passed every check. */
export interface VerifiedDirectory {
  readonly bundle: BundleDirectory;
  readonly verified: VerifiedBundle;
}

/**
 * Makes every check that a service makes before it accepts a bundle: signature, digests, shapes, finite tensors.
 *
 * Errors: those of `readBundleDirectory`, `findTrustedKeys`, `findBaseModel` and `verifyBundle`.
 */
export const verifyBundleDirectory = async (
  { directory, model: named, ...trust }: VerifyOptions,
  context: WorkshopContext,
): Promise<Result<VerifiedDirectory>> => {
  const bundle = await readBundleDirectory(resolve(context.workingDirectory, directory));
  if (!bundle.ok) return bundle;
  const trustedKeys = await findTrustedKeys(trust, context);
  if (!trustedKeys.ok) return trustedKeys;
  const model =
    named === undefined
      ? await findBaseModel(bundle.value.manifest.model, context)
      : await readModelDescription(await resolveModelDirectory(named, context));
  if (!model.ok) return model;
  const verified = await verifyBundle({
    ...bundle.value,
    trustedKeys: trustedKeys.value,
    model: model.value,
  });
  return verified.ok ? ok({ bundle: bundle.value, verified: verified.value }) : verified;
};
