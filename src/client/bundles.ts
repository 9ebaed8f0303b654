import type { Result } from "../core/result.ts";
import {
  bundlePageSchema,
  bundleSchema,
  type Publication,
  type PublishRequest,
  publicationSchema,
  type WireBundle,
  type WireBundleSummary,
} from "../wire/bundle.ts";
import { segment, withQuery } from "./paths.ts";
import { readPages } from "./read-pages.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Published bundles. */
export const bundleMethods = ({ json }: Transport) => ({
  /** Publishes a bundle whose blobs are uploaded. */
  publish: (request: PublishRequest, call?: CallOptions): Promise<Result<Publication>> =>
    json({ method: "POST", path: "/v1/bundles", json: request }, publicationSchema, call),

  /** A published bundle, by `sha256:…` or `world@3`. Errors: `unknown_bundle`, `unknown_version`. */
  find: (reference: string, call?: CallOptions): Promise<Result<WireBundle>> =>
    json({ method: "GET", path: `/v1/bundles/${segment(reference)}` }, bundleSchema, call),

  /** All bundles of a model, newest first. */
  list: (model: string, call?: CallOptions): Promise<Result<readonly WireBundleSummary[]>> =>
    readPages(
      (after) =>
        json({ method: "GET", path: withQuery("/v1/bundles", { model, after }) }, bundlePageSchema, call),
      ({ version }) => version,
    ),
});
