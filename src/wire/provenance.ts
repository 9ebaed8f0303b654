import { z } from "@hono/zod-openapi";
import type { Patch } from "../core/patch/patch.ts";
import type { NearestEntry } from "../engine/generation.ts";
import type { PatchOrigin } from "../service/patch-set-loader.ts";

const firedSchema = z.object({
  patch: z.string(),
  kind: z.enum(["low-rank", "neurons", "codebook"]),
  layer: z.int(),
  /** The prompt of the edit that the patch carries. */
  edit: z.string(),
  /** The hotfix that the patch came with; null where it is the bundle's. */
  hotfix: z.string().nullable(),
  distance: z.number().optional(),
  radius: z.number().optional(),
});

const nearestSchema = z.object({
  patch: z.string(),
  distance: z.number(),
  radius: z.number(),
  hit: z.boolean(),
});

/** What a single answer owes to patches. */
export const effectSchema = z.object({
  fired: z
    .array(firedSchema)
    .openapi({ description: "Patches that changed the answer, first effect first." }),
  nearest: nearestSchema.nullable().openapi({
    description: "The codebook entry nearest to the prompt, hit or not; null where no entries are attached.",
  }),
});

/** The log-probabilities of the text asked for by `errata.score`, after the prompt. */
export const scoreSchema = z.object({
  tokens: z.array(z.string()),
  tokenLogprobs: z.array(z.number()),
  greedy: z.array(z.boolean()).openapi({ description: "Whether the token was the most probable one." }),
  sum: z.number(),
  mean: z.number(),
});

/** Where an answer comes from, in full. */
export const provenanceSchema = effectSchema
  .extend({
    model: z.string().openapi({ description: "Digest of the base model." }),
    bundle: z.string().nullable(),
    version: z.int().nullable(),
    channel: z.string().nullable(),
    sequence: z.int().nullable(),
    patchSet: z.string().openapi({
      description:
        "Digest of bundle, hotfixes and disabled patches; the bundle's id where there are none, or `none`.",
    }),
    hotfixes: z.array(z.string()).openapi({ description: "Ids of the hotfixes live on the channel." }),
    disabled: z.array(z.string()).openapi({ description: "Ids of the patches disabled on the channel." }),
    attached: z.int().openapi({ description: "Number of patches attached, whether they fired or not." }),
    everywhere: z.int().openapi({
      description: "Number of them that act on every answer: low-rank patches, which never fire.",
    }),
    score: scoreSchema.optional(),
  })
  .openapi("Provenance");

/** What a single answer owes to patches, on the wire. */
export type Effect = z.infer<typeof effectSchema>;
/** Where an answer comes from, on the wire. */
export type Provenance = z.infer<typeof provenanceSchema>;

/** What the engine says of a generation's or a score's patches. */
export interface PatchReport {
  readonly fired: readonly Patch[];
  readonly nearest: readonly NearestEntry[];
}

/** Hits come before misses, then the smaller distance. */
const byNearness = (left: NearestEntry, right: NearestEntry): number =>
  Number(right.hit) - Number(left.hit) || left.distance - right.distance;

/**
 * Puts the engine's report on the wire.
 *
 * @param originOf says where a patch comes from
 */
export const toEffect = (report: PatchReport, originOf: (patch: Patch) => PatchOrigin): Effect => {
  const fired = report.fired.map((patch) => {
    const entry = report.nearest.find((candidate) => candidate.hit && candidate.patch === patch);
    const measured = entry ? { distance: entry.distance, radius: entry.radius } : {};
    const { prompt: edit, hotfix } = originOf(patch);
    return { patch: patch.id, kind: patch.kind, layer: patch.layer, edit, hotfix, ...measured };
  });
  const [nearest] = report.nearest.toSorted(byNearness);
  if (!nearest) return { fired, nearest: null };
  const { distance, radius, hit } = nearest;
  return { fired, nearest: { patch: nearest.patch.id, distance, radius, hit } };
};

/** One report for an answer of several choices: every patch once, in order of first effect. */
export const mergeReports = (reports: readonly PatchReport[]): PatchReport => ({
  fired: [...new Set(reports.flatMap((report) => report.fired))],
  nearest: reports.flatMap((report) => report.nearest),
});
