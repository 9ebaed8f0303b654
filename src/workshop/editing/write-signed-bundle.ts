import { join, relative, resolve } from "node:path";
import type { BuiltBundle } from "../../core/bundle/build-bundle.ts";
import { signManifest } from "../../core/bundle/signature.ts";
import { shortId } from "../../core/digest.ts";
import { ok, type Result } from "../../core/result.ts";
import { checkBundleTarget, writeBundleDirectory } from "../directories/bundle-directory.ts";
import { DEFAULT_KEY_FILE, readSigningKey, type SigningKey } from "../keys/signing-key.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Where bundles go unless told otherwise, from the project's root. */
const BUNDLES_DIRECTORY = join(".errata", "bundles");

/** The key that a bundle will be signed with; null for a dry run, which signs nothing. */
export const readKeyOf = (
  options: { readonly key?: string | undefined; readonly dryRun: boolean },
  context: WorkshopContext,
): Promise<Result<SigningKey | null>> => {
  if (options.dryRun) return Promise.resolve(ok(null));
  const file = options.key
    ? resolve(context.workingDirectory, options.key)
    : join(context.projectDirectory, DEFAULT_KEY_FILE);
  return readSigningKey(file);
};

/** As `checkBundleTarget`, of the directory that `--out` names; what was not named is free. */
export const checkOut = (
  out: string | undefined,
  { workingDirectory }: WorkshopContext,
): Promise<Result<null>> =>
  out === undefined ? Promise.resolve(ok(null)) : checkBundleTarget(resolve(workingDirectory, out));

/** Where a bundle was written; null where it was a dry run. */
export interface WrittenBundle {
  readonly directory: string | null;
  /** The directory as people see it from where they are. */
  readonly shown: string;
}

const directoryOf = ({ id }: BuiltBundle, out: string | undefined, context: WorkshopContext): string =>
  out === undefined
    ? join(context.projectDirectory, BUNDLES_DIRECTORY, shortId(id))
    : resolve(context.workingDirectory, out);

/**
 * Signs a bundle and writes it to `out`, or to `.errata/bundles/<id>`; does nothing without a key.
 *
 * Errors: those of `writeBundleDirectory`.
 */
export const writeSignedBundle = async (
  bundle: BuiltBundle,
  key: SigningKey | null,
  out: string | undefined,
  context: WorkshopContext,
): Promise<Result<WrittenBundle>> => {
  const directory = directoryOf(bundle, out, context);
  const shown = relative(context.workingDirectory, directory) || ".";
  if (key === null) return ok({ directory: null, shown });
  const signature = await signManifest(bundle.manifestBytes, key.privateKey, key.publicKey);
  const written = await writeBundleDirectory(directory, bundle, [signature]);
  return written.ok ? ok({ directory, shown }) : written;
};
