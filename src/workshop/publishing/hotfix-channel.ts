import type { MoveOutcome, ServiceClient } from "../../client/client.ts";
import { encodeBase64 } from "../../core/base64.ts";
import { blobDigests } from "../../core/bundle/manifest.ts";
import { signManifest } from "../../core/bundle/signature.ts";
import type { Edit } from "../../core/edit/edit.ts";
import { ok, type Result } from "../../core/result.ts";
import { findMethod } from "../../edit/methods.ts";
import { PLAIN_WORKBENCH } from "../../edit/workbench.ts";
import { connect } from "../connection/connect.ts";
import { type ModelDirectory, readNamedModel } from "../directories/model-directory.ts";
import { readSigningKeyOf, type SigningKey } from "../keys/signing-key.ts";
import { openModel } from "../models/open-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type MadeHotfix, makeHotfix } from "./make-hotfix.ts";
import { readServedPatches, type ServedPatches } from "./served-patches.ts";
import { uploadBlobs } from "./upload-blobs.ts";

/** What to correct on a live channel, and how. */
export interface HotfixOptions {
  readonly edit: Edit;
  /** A model's name or directory; the channel is that model's. */
  readonly model: string;
  readonly channel: string;
  readonly method: string;
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** How many probe prompts to ask before and after. Default 0. */
  readonly probes?: number | undefined;
  /** The key file; the project's own where it is left out. */
  readonly key?: string | undefined;
  /** Computes the hotfix and cannot put it live, which needs no key. */
  readonly dryRun?: boolean | undefined;
}

/** A hotfix that is not live yet. */
export interface ReadyHotfix extends MadeHotfix {
  /**
   * Puts it live, for `message`; null for a dry run, and where the model already answers the edit. Errors: those of the
   * service, `sequence_conflict` where the channel has moved since.
   */
  readonly putLive: ((message: string) => Promise<Result<MoveOutcome>>) | null;
}

/** Everything that a hotfix needs before anything is computed, so that no minute is lost to a missing key. */
interface Workplace {
  readonly client: ServiceClient;
  readonly files: ModelDirectory;
  readonly served: ServedPatches;
  readonly key: SigningKey | null;
}

const open = async (
  { model, channel, key: file, dryRun = false }: HotfixOptions,
  context: WorkshopContext,
): Promise<Result<Workplace>> => {
  const key = dryRun ? ok(null) : await readSigningKeyOf(file, context);
  if (!key.ok) return key;
  const files = await readNamedModel(model, context);
  if (!files.ok) return files;
  const client = await connect(context);
  if (!client.ok) return client;
  const served = await readServedPatches(client.value, files.value.model.name, channel);
  if (!served.ok) return served;
  return ok({ client: client.value, files: files.value, served: served.value, key: key.value });
};

/** Computes the hotfix; the model is open only as long as that takes. */
const compute = async (
  { edit, method: name, settings = {}, probes = 0 }: HotfixOptions,
  { files, served }: Workplace,
  context: WorkshopContext,
): Promise<Result<MadeHotfix>> => {
  const method = findMethod(name);
  if (!method.ok) return method;
  const opened = await openModel(files, context);
  if (!opened.ok) return opened;
  try {
    return await makeHotfix({
      model: files.model,
      opened: opened.value,
      edit,
      method: method.value,
      settings,
      served,
      probes,
      workbench: PLAIN_WORKBENCH,
      onProgress: context.progress.step,
      signal: context.signal,
    });
  } finally {
    await opened.value.engine.release();
  }
};

const send = async (
  { bundle, disable }: NonNullable<MadeHotfix["hotfix"]>,
  { client, served }: Workplace,
  key: SigningKey,
  message: string,
  { progress }: WorkshopContext,
): Promise<Result<MoveOutcome>> => {
  const source = { digests: blobDigests(bundle.manifest), read: async () => ok(bundle.blobs) };
  const uploaded = await uploadBlobs(client, source, progress, false);
  if (!uploaded.ok) return uploaded;
  const { manifestBytes } = bundle;
  return client.hotfixes.put(served.channel, {
    manifest: encodeBase64(manifestBytes),
    signatures: [await signManifest(manifestBytes, key.privateKey, key.publicKey)],
    disable: [...disable],
    expectedSequence: served.channel.sequence,
    message,
  });
};

/**
 * Computes a patch for one edit on top of what a channel serves, and asks the model before and after. Nothing is
 * changed until it is put live.
 *
 * Errors: those of `readSigningKey`, `readModelDirectory`, `findMethod`, `openModel`, `makeHotfix` and the service.
 */
export const hotfixChannel = async (
  options: HotfixOptions,
  context: WorkshopContext,
): Promise<Result<ReadyHotfix>> => {
  const workplace = await open(options, context);
  if (!workplace.ok) return workplace;
  const made = await compute(options, workplace.value, context);
  if (!made.ok) return made;
  const { hotfix } = made.value;
  const { key } = workplace.value;
  const putLive =
    hotfix && key && ((message: string) => send(hotfix, workplace.value, key, message, context));
  return ok({ ...made.value, putLive });
};
