import { z } from "@hono/zod-openapi";
import type { Digest } from "../core/digest.ts";

const textSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, "expected sha256: and 64 hexadecimal digits");

/** A digest in a request body. */
export const digestBodySchema = textSchema.transform((text) => text as Digest);

/** A digest in a request's path. */
export const digestParamSchema = textSchema
  .openapi({ param: { name: "digest", in: "path" }, example: `sha256:${"0".repeat(64)}` })
  .transform((text) => text as Digest);
