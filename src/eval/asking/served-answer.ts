import { z } from "zod";
import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Answer, TargetScore } from "./evaluated-model.ts";

/** What a service answers to one completion request. */
export interface ServedCompletion {
  /** The parsed JSON of its body. */
  readonly body: unknown;
  /** Its `Server-Timing` header; null where something between took it away. */
  readonly serverTiming: string | null;
}

const answerSchema = z.object({
  choices: z.tuple([
    z.object({
      text: z.string(),
      logprobs: z.object({
        top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullable(),
      }),
    }),
  ]),
  usage: z.object({ completion_tokens: z.int() }),
  errata: z.object({ nearest: z.object({ distance: z.number(), radius: z.number() }).nullable() }),
});

const scoreSchema = z.object({
  errata: z.object({ score: z.object({ tokenLogprobs: z.array(z.number()), greedy: z.array(z.boolean()) }) }),
});

const unreadable = (error: z.ZodError): Problem => {
  const issue = error.issues[0]!;
  return problem(
    "internal",
    `The service answered in a form that this version of errata does not know (${issue.path.join(".")}: ${issue.message}). Check that ERRATA_URL names an errata service of this version.`,
  );
};

/** Milliseconds under `name` in a Server-Timing value; null where it is not there. */
const durationOf = (serverTiming: string | null, name: string): number | null => {
  const found = serverTiming?.match(new RegExp(`(?:^|,\\s*)${name};dur=([\\d.]+)`))?.[1];
  return found === undefined ? null : Number(found);
};

/** A completion with `logprobs` as an answer. Errors: `internal` where it has another form. */
export const toAnswer = ({ body, serverTiming }: ServedCompletion): Result<Answer> => {
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) return fail(unreadable(parsed.error));
  const { choices, usage, errata } = parsed.data;
  const [{ text, logprobs }] = choices;
  const prefill = durationOf(serverTiming, "prefill");
  const decode = durationOf(serverTiming, "decode");
  return ok({
    text,
    first: new Map(Object.entries(logprobs.top_logprobs?.[0] ?? {})),
    nearest: errata.nearest && { distance: errata.nearest.distance, radius: errata.nearest.radius },
    timings:
      prefill === null || decode === null ? null : { prefill, decode, tokens: usage.completion_tokens },
  });
};

/** A completion with `errata.score` as a target's score. Errors: `internal` where it has another form. */
export const toScore = ({ body }: ServedCompletion): Result<TargetScore> => {
  const parsed = scoreSchema.safeParse(body);
  if (!parsed.success) return fail(unreadable(parsed.error));
  const { tokenLogprobs, greedy } = parsed.data.errata.score;
  return ok({ logprobs: tokenLogprobs, greedy });
};
