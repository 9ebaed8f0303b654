import { z } from "zod";
import type { Signature } from "../core/bundle/signature.ts";
import type { Digest } from "../core/digest.ts";
import { digestSchema } from "../core/digest-schema.ts";
import type { PreparedModel } from "../core/model/prepared-model.ts";
import type { Result } from "../core/result.ts";
import { ok } from "../core/result.ts";
import type { Scope } from "../core/scope.ts";
import type { ServiceClient } from "./client.ts";
import {
  bundleSchema,
  bundleSummarySchema,
  channelSchema,
  completionSchema,
  createdTokenSchema,
  movedSchema,
  moveSchema,
  publishedSchema,
  registeredModelSchema,
  registeredSchema,
  tokenSchema,
  type WireBundle,
  type WireBundleSummary,
  type WireChannel,
  type WireCompletion,
  type WireMove,
  type WireMoved,
  type WirePublished,
  type WireToken,
} from "./wire.ts";

/** Rows asked for in one page of a list; the service's own bound. */
const PAGE_ROWS = 100;
/** Digests in one question for missing blobs; the service's own bound. */
const DIGESTS_PER_QUESTION = 1000;

const segment = encodeURIComponent;

const listOf = <Row>(row: z.ZodType<Row>) => z.object({ data: z.array(row) });

/** The path of one channel. */
export const channelPath = (model: string, channel: string): string =>
  `/v1/models/${segment(model)}/channels/${segment(channel)}`;

/** Those of `digests` that the service does not have. */
export const findMissingBlobs = async (
  client: ServiceClient,
  digests: readonly Digest[],
): Promise<Result<readonly Digest[]>> => {
  const missing: Digest[] = [];
  for (let start = 0; start < digests.length; start += DIGESTS_PER_QUESTION) {
    const answer = await client.json(
      {
        method: "POST",
        path: "/v1/blobs/missing",
        json: { digests: digests.slice(start, start + DIGESTS_PER_QUESTION) },
      },
      z.object({ missing: z.array(digestSchema) }),
    );
    if (!answer.ok) return answer;
    missing.push(...answer.value.missing);
  }
  return ok(missing);
};

/** Uploads one blob; the service verifies that the bytes have this digest. */
export const putBlob = (
  client: ServiceClient,
  digest: Digest,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Result<unknown>> =>
  client.json({ method: "PUT", path: `/v1/blobs/${digest}`, bytes }, z.object({ status: z.string() }));

/** What `publishBundle` sends: exact bytes in base64. */
export interface BundleUpload {
  readonly manifest: string;
  readonly signatures: readonly Signature[];
  readonly report: string | null;
  readonly dryRun: boolean;
}

/** Publishes a bundle whose blobs are uploaded. */
export const publishBundle = (client: ServiceClient, upload: BundleUpload): Promise<Result<WirePublished>> =>
  client.json({ method: "POST", path: "/v1/bundles", json: upload }, publishedSchema);

/** A published bundle, by `sha256:...` or `world@3`. */
export const findBundle = (client: ServiceClient, reference: string): Promise<Result<WireBundle>> =>
  client.json({ method: "GET", path: `/v1/bundles/${segment(reference)}` }, bundleSchema);

/** Bundles, newest first, all pages. */
export const listBundles = async (
  client: ServiceClient,
  model: string,
): Promise<Result<readonly WireBundleSummary[]>> => {
  const bundles: WireBundleSummary[] = [];
  for (;;) {
    const last = bundles.at(-1);
    const query = new URLSearchParams({ model, limit: String(PAGE_ROWS) });
    if (last) query.set("after", String(last.version));
    const page = await client.json(
      { method: "GET", path: `/v1/bundles?${query}` },
      z.object({ data: z.array(bundleSummarySchema), more: z.boolean() }),
    );
    if (!page.ok) return page;
    bundles.push(...page.value.data);
    if (!page.value.more || page.value.data.length === 0) return ok(bundles);
  }
};

/** The channels of a model. */
export const listChannels = async (
  client: ServiceClient,
  model: string,
): Promise<Result<readonly WireChannel[]>> => {
  const path = `/v1/channels?${new URLSearchParams({ model })}`;
  const answer = await client.json({ method: "GET", path }, listOf(channelSchema));
  return answer.ok ? ok(answer.value.data) : answer;
};

/** One channel as it stands. */
export const findChannel = (
  client: ServiceClient,
  model: string,
  channel: string,
): Promise<Result<WireChannel>> =>
  client.json({ method: "GET", path: channelPath(model, channel) }, channelSchema);

/** A move of a channel to be made. */
export interface MoveRequest {
  readonly model: string;
  readonly channel: string;
  readonly message: string;
  readonly dryRun: boolean;
}

/** Points a channel to `version`: a number, a bundle id, or `none`. */
export const releaseVersion = (
  client: ServiceClient,
  { model, channel, message, dryRun }: MoveRequest,
  version: string,
): Promise<Result<WireMoved>> =>
  client.json(
    { method: "POST", path: `${channelPath(model, channel)}/release`, json: { version, message, dryRun } },
    movedSchema,
  );

/** Points a channel back: to `to`, or to what stood before the release that it undoes. */
export const rollBackChannel = (
  client: ServiceClient,
  { model, channel, message, dryRun }: MoveRequest,
  to: string | undefined,
): Promise<Result<WireMoved>> =>
  client.json(
    {
      method: "POST",
      path: `${channelPath(model, channel)}/rollback`,
      json: { message, dryRun, ...(to !== undefined && { to }) },
    },
    movedSchema,
  );

/** Every move of a channel, newest first, all pages. */
export const findHistory = async (
  client: ServiceClient,
  model: string,
  channel: string,
): Promise<Result<readonly WireMove[]>> => {
  const moves: WireMove[] = [];
  for (;;) {
    const last = moves.at(-1);
    const query = new URLSearchParams({ limit: String(PAGE_ROWS) });
    if (last) query.set("after", String(last.sequence));
    const page = await client.json(
      { method: "GET", path: `${channelPath(model, channel)}/history?${query}` },
      z.object({ data: z.array(moveSchema), more: z.boolean() }),
    );
    if (!page.ok) return page;
    moves.push(...page.value.data);
    if (!page.value.more || page.value.data.length === 0) return ok(moves);
  }
};

/** What `complete` asks. */
export interface CompletionCall {
  readonly model: string;
  readonly prompt: string;
  readonly max_tokens: number;
  readonly temperature: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
}

/** Completes a prompt. */
export const complete = (client: ServiceClient, call: CompletionCall): Promise<Result<WireCompletion>> =>
  client.json({ method: "POST", path: "/v1/completions", json: call }, completionSchema);

/** Completes a prompt as a stream of server-sent events, its body unread. */
export const completeStreaming = (client: ServiceClient, call: CompletionCall): Promise<Result<Response>> =>
  client.send({ method: "POST", path: "/v1/completions", json: { ...call, stream: true } });

/** A registered model's description. Errors: `unknown_model`. */
export const findModel = async (
  client: ServiceClient,
  name: string,
): Promise<Result<{ readonly digest: Digest; readonly model: PreparedModel }>> => {
  const answer = await client.json({ method: "GET", path: `/v1/models/${segment(name)}` }, registeredSchema);
  return answer.ok ? ok({ digest: answer.value.errata.digest, model: answer.value.errata.prepared }) : answer;
};

/** Registers a model whose three blobs are uploaded; answers "registered", "already registered" or "updated". */
export const registerModel = (
  client: ServiceClient,
  model: PreparedModel,
): Promise<Result<{ readonly status: string }>> =>
  client.json(
    { method: "PUT", path: `/v1/models/${segment(model.name)}`, json: { model } },
    registeredModelSchema,
  );

/** Creates a token; the answer holds its text, once. */
export const createToken = (
  client: ServiceClient,
  name: string,
  scopes: readonly Scope[],
): Promise<Result<z.infer<typeof createdTokenSchema>>> =>
  client.json({ method: "POST", path: "/v1/tokens", json: { name, scopes } }, createdTokenSchema);

/** All tokens, oldest first. */
export const listTokens = async (client: ServiceClient): Promise<Result<readonly WireToken[]>> => {
  const answer = await client.json({ method: "GET", path: "/v1/tokens" }, listOf(tokenSchema));
  return answer.ok ? ok(answer.value.data) : answer;
};

/** Revokes a token. Errors: `unknown_token`. */
export const revokeToken = (
  client: ServiceClient,
  id: string,
): Promise<Result<{ readonly id: string; readonly revokedAt: string | null }>> =>
  client.json(
    { method: "DELETE", path: `/v1/tokens/${segment(id)}` },
    z.object({ id: z.string(), revokedAt: z.string().nullable() }),
  );
