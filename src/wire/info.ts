import * as z from "zod";
import { digestSchema } from "../core/digest-schema.ts";

/** What a service is: versions, digests, trusted keys, limits. */
export const infoSchema = z
  .object({
    service: z.string(),
    version: z.string(),
    runtime: z.object({
      onnxruntime: z.string(),
      manifestFormat: z.int(),
      backend: z
        .object({
          name: z.string(),
          weightsBytes: z.int().nullable(),
          threads: z.int(),
          elementTypes: z.array(z.string()),
        })
        .meta({ description: "What runs models, and what it takes: `weightsBytes` at most, if not null." }),
    }),
    defaults: z.object({ model: z.string(), channel: z.string() }),
    models: z.array(z.object({ name: z.string(), digest: digestSchema, context: z.int() })),
    trustedKeys: z.array(z.string()).meta({ description: "Ids of the keys whose bundles are served." }),
    limits: z.record(z.string(), z.int()),
  })
  .meta({ id: "Info" });

/** What a service is, on the wire. */
export type Info = z.infer<typeof infoSchema>;
