import { join, resolve } from "node:path";
import type { BuiltBundle } from "../../core/bundle/build-bundle.ts";
import { signManifest } from "../../core/bundle/signature.ts";
import { shortId } from "../../core/digest.ts";
import { ok, type Result } from "../../core/result.ts";
import { checkBundleTarget, writeBundleDirectory } from "../directories/bundle-directory.ts";
import { readSigningKeyOf, type SigningKey } from "../keys/signing-key.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Where bundles go unless told otherwise, from the project's root. */
const BUNDLES_DIRECTORY = join(".errata", "bundles");

/** How a bundle that is made is to be signed and written. */
export interface WritingOptions {
  /** The key file; the project's own where it is left out. */
  readonly key?: string | undefined;
  /** The bundle's directory; `.errata/bundles/<id>` of the project where it is left out. */
  readonly out?: string | undefined;
  /** Makes the bundle and writes nothing, which needs no key. */
  readonly dryRun?: boolean | undefined;
}

/** Where a bundle was written; null where it was a dry run. */
export interface WrittenBundle {
  readonly directory: string | null;
}

const write = async (
  bundle: BuiltBundle,
  key: SigningKey,
  directory: string,
): Promise<Result<WrittenBundle>> => {
  const signature = await signManifest(bundle.manifestBytes, key.privateKey, key.publicKey);
  const written = await writeBundleDirectory(directory, bundle, [signature]);
  return written.ok ? ok({ directory }) : written;
};

/**
 * Makes a bundle, signs it and writes it. The key and the directory are looked at first, so that no work is lost to
 * either.
 *
 * Errors: those of `readSigningKey`, `checkBundleTarget`, `make` and `writeBundleDirectory`.
 */
export const writeSignedBundle = async <Made extends { readonly bundle: BuiltBundle }>(
  { key: file, out, dryRun = false }: WritingOptions,
  context: WorkshopContext,
  make: () => Promise<Result<Made>>,
): Promise<Result<Made & WrittenBundle>> => {
  const key = dryRun ? ok(null) : await readSigningKeyOf(file, context);
  if (!key.ok) return key;
  const target = out === undefined ? null : resolve(context.workingDirectory, out);
  const free = target === null ? ok(null) : await checkBundleTarget(target);
  if (!free.ok) return free;
  const made = await make();
  if (!made.ok) return made;
  if (key.value === null) return ok({ ...made.value, directory: null });
  const { bundle } = made.value;
  const directory = target ?? join(context.projectDirectory, BUNDLES_DIRECTORY, shortId(bundle.id));
  const written = await write(bundle, key.value, directory);
  return written.ok ? ok({ ...made.value, ...written.value }) : written;
};
