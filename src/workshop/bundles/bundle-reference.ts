import { resolve } from "node:path";
import type { ServiceClient } from "../../client/client.ts";
import { decodeBase64 } from "../../core/base64.ts";
import type { Manifest } from "../../core/bundle/manifest.ts";
import type { BlobGetter } from "../../core/bundle/verify-bundle.ts";
import { type Digest, isDigest } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { connect } from "../connection/connect.ts";
import { parseServedManifest, remoteBlobs } from "../connection/served-bundles.ts";
import { readBundleDirectory } from "../directories/bundle-directory.ts";
import { isDirectory } from "../directories/files.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** What `BUNDLE_REFERENCE_HELP` commands take, for their help. */
export const BUNDLE_REFERENCE_HELP =
  "a version (3), a bundle id (sha256:...), a channel (stable), world@3 or world@canary, or a bundle directory";

/** A bundle that a person named, from the service or off the disk. Its signatures are not verified. */
export interface NamedBundle {
  readonly id: Digest;
  /** Null for a directory. */
  readonly version: number | null;
  readonly manifest: Manifest;
  readonly signers: readonly string[];
  readonly report: Uint8Array | null;
  readonly published: { readonly at: string; readonly by: string } | null;
  readonly getBlobs: BlobGetter;
}

const VERSION_NUMBER = /^[1-9]\d*$/;

const fetchBundle = async (client: ServiceClient, reference: string): Promise<Result<NamedBundle>> => {
  const found = await client.bundles.find(reference);
  if (!found.ok) return found;
  const { id, version, signatures, publishedAt, publishedBy } = found.value;
  const manifest = await parseServedManifest(found.value.manifest, id);
  if (!manifest.ok) return manifest;
  return ok({
    id,
    version,
    manifest: manifest.value,
    signers: signatures.map(({ keyId }) => keyId),
    report: found.value.report === null ? null : decodeBase64(found.value.report),
    published: { at: publishedAt, by: publishedBy },
    getBlobs: remoteBlobs(client),
  });
};

const openDirectory = async (directory: string): Promise<Result<NamedBundle>> => {
  const bundle = await readBundleDirectory(directory);
  if (!bundle.ok) return bundle;
  const { id, manifest, signatures, report, getBlobs } = bundle.value;
  const signers = signatures.map(({ keyId }) => keyId);
  return ok({ id, version: null, manifest, signers, report, published: null, getBlobs });
};

const fetchOfChannel = async (
  client: ServiceClient,
  model: string,
  channel: string,
): Promise<Result<NamedBundle | null>> => {
  const state = await client.channels.find({ model, channel });
  if (!state.ok) return state;
  return state.value.bundle === null ? ok(null) : fetchBundle(client, state.value.bundle);
};

/** What was looked for last, said of a reference that may have been meant as a directory. */
const orDirectory = <Value>(found: Result<Value>, reference: string): Result<Value> => {
  if (found.ok || found.problem.code !== "unknown_channel" || reference.includes("@")) return found;
  const { code, message, ...detail } = found.problem;
  return fail(problem(code, `${message} There is no directory "${reference}" either.`, detail));
};

/**
 * The bundle that `reference` names; null is `none`, the bare model. What reads as `none`, a version or a bundle id
 * is one; else an existing directory is meant, and else a channel. `./3` is the directory "3".
 *
 * Errors: those of the service and of `readBundleDirectory`; `digest_mismatch` where the service hands out other
 * bytes than it names.
 */
export const findNamedBundle = async (
  reference: string,
  model: string,
  context: WorkshopContext,
): Promise<Result<NamedBundle | null>> => {
  const [base = "", ...rest] = reference.includes("@") ? reference.split("@") : [model, reference];
  const selector = rest.join("@");
  if (selector === "none") return ok(null);
  const named = VERSION_NUMBER.test(selector) || isDigest(selector);
  const directory = resolve(context.workingDirectory, reference);
  if (!named && (await isDirectory(directory))) return openDirectory(directory);
  const client = await connect(context);
  if (!client.ok) return client;
  if (!named) return orDirectory(await fetchOfChannel(client.value, base, selector), reference);
  return fetchBundle(client.value, isDigest(selector) ? selector : `${base}@${selector}`);
};

/**
 * The bundle that `reference` names, for commands that make something of it.
 *
 * Errors: those of `findNamedBundle`; `invalid_request` for the bare model.
 */
export const requireNamedBundle = async (
  reference: string,
  model: string,
  context: WorkshopContext,
): Promise<Result<NamedBundle>> => {
  const named = await findNamedBundle(reference, model, context);
  if (!named.ok) return named;
  if (named.value !== null) return ok(named.value);
  const message = `${reference} is the bare model: it has no patches. Name a bundle.`;
  return fail(problem("invalid_request", message, { param: reference }));
};
