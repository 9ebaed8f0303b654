import type { Result } from "../core/result.ts";
import { type Info, infoSchema } from "../wire/info.ts";
import { auditMethods } from "./audit.ts";
import { blobMethods } from "./blobs.ts";
import { bundleMethods } from "./bundles.ts";
import { channelMethods } from "./channels.ts";
import { completionMethods } from "./completions.ts";
import { hotfixMethods } from "./hotfixes.ts";
import { modelMethods } from "./models.ts";
import { patchMethods } from "./patches.ts";
import { tokenMethods } from "./tokens.ts";
import { type CallOptions, type ClientOptions, createTransport } from "./transport.ts";

export type { Problem } from "../core/problem.ts";
export type { Result } from "../core/result.ts";
export type { PublishRequest, WireBundle, WireBundleSummary } from "../wire/bundle.ts";
export type { WireChannel } from "../wire/channel.ts";
export type { Completion } from "../wire/completion.ts";
export type { Info } from "../wire/info.ts";
export type { MoveOutcome, WireMove } from "../wire/move.ts";
export type { WireChannelPatch } from "../wire/patch.ts";
export type { Provenance } from "../wire/provenance.ts";
export type { CompletionCall } from "./completions.ts";
export type { ChannelAddress } from "./paths.ts";
export type { CallOptions, ClientOptions } from "./transport.ts";

/** The service, its calls grouped by what they are about. */
export interface ServiceClient {
  /** The service's root, without a slash at its end. */
  readonly url: string;
  readonly audit: ReturnType<typeof auditMethods>;
  readonly blobs: ReturnType<typeof blobMethods>;
  readonly bundles: ReturnType<typeof bundleMethods>;
  readonly channels: ReturnType<typeof channelMethods>;
  readonly completions: ReturnType<typeof completionMethods>;
  readonly hotfixes: ReturnType<typeof hotfixMethods>;
  /** Versions, digests, trusted keys, and every limit; needs no token. */
  readonly info: (call?: CallOptions) => Promise<Result<Info>>;
  readonly models: ReturnType<typeof modelMethods>;
  readonly patches: ReturnType<typeof patchMethods>;
  readonly tokens: ReturnType<typeof tokenMethods>;
}

/**
 * A client for one service, in Node, a Worker or a browser. No call throws for what a service or a network may do:
 * refusals come back as the problems that the service stated, silence as `service_unreachable`, an abort as
 * `cancelled`, and an answer in a form that this version does not know as `internal`.
 *
 * @example
 * ```ts
 * import { createClient } from "errata/client";
 *
 * const client = createClient({ url: "http://127.0.0.1:8787", token: "errata-local-admin" });
 * const question = { model: "world@none", prompt: "The capital of France is", temperature: 0 };
 *
 * const answer = await client.completions.create(question);
 * if (!answer.ok) throw new Error(answer.problem.message);
 * console.log(answer.value.choices[0]?.text, answer.value.errata?.attached); // =>  Paris 0
 *
 * let streamed = "";
 * for await (const chunk of client.completions.stream(question)) {
 *   if (!chunk.ok) throw new Error(chunk.problem.message);
 *   streamed += chunk.value.choices[0]?.text;
 * }
 * console.log(streamed); // =>  Paris
 *
 * const beta = await client.channels.find({ model: "world", channel: "beta" });
 * console.log(beta.ok ? beta.value.version : beta.problem.code); // => unknown_channel
 * ```
 */
export const createClient = (options: ClientOptions): ServiceClient => {
  const transport = createTransport(options);
  return {
    url: transport.url,
    audit: auditMethods(transport),
    blobs: blobMethods(transport),
    bundles: bundleMethods(transport),
    channels: channelMethods(transport),
    completions: completionMethods(transport),
    hotfixes: hotfixMethods(transport),
    info: (call) => transport.json({ method: "GET", path: "/v1/info" }, infoSchema, call),
    models: modelMethods(transport),
    patches: patchMethods(transport),
    tokens: tokenMethods(transport),
  };
};
