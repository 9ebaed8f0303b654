import type { PreparedModel } from "../core/model/prepared-model.ts";
import type { Result } from "../core/result.ts";
import {
  modelDetailSchema,
  modelListSchema,
  type Registration,
  registrationSchema,
  type WireModelDetail,
  type WireModelList,
} from "../wire/model.ts";
import { segment } from "./paths.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Base models. */
export const modelMethods = ({ json }: Transport) => ({
  /** Every base model and every channel of each. */
  list: (call?: CallOptions): Promise<Result<WireModelList>> =>
    json({ method: "GET", path: "/v1/models" }, modelListSchema, call),

  /** A base model (`world`) or a channel of one (`world@canary`). Errors: `unknown_model`. */
  find: (name: string, call?: CallOptions): Promise<Result<WireModelDetail>> =>
    json({ method: "GET", path: `/v1/models/${segment(name)}` }, modelDetailSchema, call),

  /** Registers a model whose blobs are uploaded. Errors: `missing_blob`, `model_conflict`. */
  register: (model: PreparedModel, call?: CallOptions): Promise<Result<Registration>> =>
    json(
      { method: "PUT", path: `/v1/models/${segment(model.name)}`, json: { model } },
      registrationSchema,
      call,
    ),
});
