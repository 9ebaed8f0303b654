import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { EvaluationReport } from "../report.ts";

const numberOrNull = z.number().nullable();
const share = z.number().min(0).max(1);
const shareOrNull = share.nullable();

const estimate = z.object({ mean: z.number(), low: z.number(), high: z.number() });
const inBothModes = z.object({ freeRunning: estimate.nullable(), teacherForced: estimate.nullable() });
const groupsOf = <Members>(members: z.ZodType<Members>) =>
  z.object({ neighbours: members, sameSubject: members, random: members });

const interval = z.object({ low: z.number(), high: z.number() }).nullable();

const ability = z.object({
  perplexity: numberOrNull,
  fluency: numberOrNull,
  intervals: z.object({ perplexity: interval, fluency: interval }),
});
const nearest = z.object({ distance: z.number(), radius: z.number() }).nullable();

const targeted = z.object({
  prompt: z.string(),
  before: z.string(),
  after: z.string(),
  expected: z.string(),
  correct: z.boolean(),
  expectedLoss: z.number(),
  oldLoss: numberOrNull,
  tokenAccuracy: share,
  nearest,
});

const locality = z.object({
  prompt: z.string(),
  before: z.string(),
  after: z.string(),
  unchanged: z.boolean(),
  tokensUnchanged: shareOrNull,
  answerLoss: numberOrNull,
  targetLoss: numberOrNull,
  divergence: z.number(),
  nearest,
  object: z.enum(["old", "new", "other"]).exactOptional(),
});

const beforeAndAfter = z.object({ before: z.number(), after: z.number() }).nullable();

const caseSchema = z.object({
  id: z.string(),
  line: z.int().nullable(),
  subject: z.string().nullable(),
  target: z.string(),
  skipped: z.string().nullable(),
  accuracy: targeted,
  given: z.array(targeted),
  generality: z.array(targeted.extend({ seenInTraining: z.boolean().nullable() })),
  locality: groupsOf(z.array(locality)),
  portability: z.array(
    targeted.extend({ kind: z.enum(["two-hop", "multi-hop", "alias", "reverse", "other"]) }),
  ),
  cost: z.object({
    seconds: z.number(),
    bytes: z.number(),
    prefill: beforeAndAfter,
    perToken: beforeAndAfter,
  }),
});

const reportSchema: z.ZodType<EvaluationReport> = z.object({
  method: z.string(),
  model: z.string(),
  data: z.string(),
  limit: z.int().nullable(),
  batch: z.int().positive(),
  known: z.int(),
  dropped: z.int(),
  properties: z.object({
    accuracy: inBothModes,
    generality: inBothModes,
    portability: inBothModes.nullable(),
    locality: inBothModes.extend({ groups: groupsOf(shareOrNull) }),
  }),
  s: z.object({ freeRunning: shareOrNull, teacherForced: shareOrNull }),
  sequential: z.array(
    z.object({
      edits: z.int().positive(),
      accuracy: share,
      neighbours: shareOrNull,
      sameSubject: shareOrNull,
      random: shareOrNull,
      intervals: groupsOf(interval).extend({ accuracy: interval }),
      ability,
    }),
  ),
  ability,
  efficiency: z.object({
    secondsPerEdit: numberOrNull,
    bytesPerEdit: numberOrNull,
    peakMemoryBytes: z.number(),
    // Reports that do not say were measured one edit at a time.
    workers: z.int().positive().default(1),
    addedPrefillMilliseconds: numberOrNull,
    addedMillisecondsPerToken: numberOrNull,
    intervals: z.object({
      secondsPerEdit: interval,
      bytesPerEdit: interval,
      addedPrefillMilliseconds: interval,
      addedMillisecondsPerToken: interval,
    }),
  }),
  settings: z.record(z.string(), z.string()),
  seed: z.int(),
  skipped: z.array(z.object({ line: z.int(), reason: z.string() })),
  figures: z.record(z.string(), estimate),
  cases: z.array(caseSchema),
});

/** A report out of parsed JSON; `path` names it in problems. Errors: `invalid_request` naming the first field. */
export const readReport = (json: unknown, path: string): Result<EvaluationReport> => {
  const parsed = reportSchema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0]!;
  const message = `${path} is no report of errata eval: ${issue.path.join(".") || "the document"}: ${issue.message}. Measure again with this version.`;
  return fail(problem("invalid_request", message, { param: path }));
};
