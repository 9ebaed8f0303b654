import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { argMax } from "../../engine/sampling/sampler.ts";
import type { Tokenizer } from "../../engine/tokenizer/tokenizer.ts";
import { answerText } from "../prompts/edit-identity.ts";
import type { JobControl } from "../running/job-control.ts";
import { type AverageTrace, averageTraces, type TracedFact } from "./average-traces.ts";
import { type FactTrace, type TraceSettings, traceFact } from "./trace-fact.ts";
import { readTracePrompt, type TracePrompt } from "./trace-prompt.ts";
import type { CleanRun, TraceSession } from "./trace-session.ts";

/** A fact to trace. */
export interface TraceableFact {
  readonly prompt: string;
  readonly subject: string;
  /** What the model should answer; what it does answer where this is absent. */
  readonly answer?: string;
}

/** One fact, traced, with its answer's first token. */
export interface OpenedFact {
  readonly prompt: TracePrompt;
  readonly clean: CleanRun;
  readonly answer: number;
}

/** The first token of an answer, as it is written after a prompt. */
const firstToken = (answer: string, tokenizer: Tokenizer): number =>
  tokenizer.encodeContinuation(answerText(answer))[0]!;

/** Runs a fact without noise. Errors: those of `readTracePrompt`. */
export const openFact = async (
  session: TraceSession,
  fact: TraceableFact,
  tokenizer: Tokenizer,
  context: number,
): Promise<Result<OpenedFact>> => {
  const prompt = readTracePrompt(fact.prompt, fact.subject, tokenizer, context);
  if (!prompt.ok) return prompt;
  const clean = await session.runClean(prompt.value.ids);
  const answer = fact.answer === undefined ? argMax(clean.probabilities) : firstToken(fact.answer, tokenizer);
  return ok({ prompt: prompt.value, clean, answer });
};

/** An average over facts, and which facts it leaves out. */
export interface FactsTrace {
  readonly average: AverageTrace;
  /** Facts that the model does not know: another token is likelier than their answer's first. */
  readonly unknown: number;
}

/** What `traceFacts` works with. */
export interface TracingParts extends JobControl {
  readonly session: TraceSession;
  readonly model: PreparedModel;
  readonly tokenizer: Tokenizer;
  readonly settings: TraceSettings;
}

/**
 * Traces the facts that the model knows, one after another, and averages them by the roles of their tokens.
 *
 * Errors: `invalid_request` where it knows none; those of `openFact` and `traceFact`.
 */
export const traceFacts = async (
  facts: readonly TraceableFact[],
  { session, model, tokenizer, settings, onProgress, signal }: TracingParts,
): Promise<Result<FactsTrace>> => {
  const traced: TracedFact[] = [];
  for (const [done, fact] of facts.entries()) {
    const opened = await openFact(session, fact, tokenizer, model.dims.context);
    if (!opened.ok) return opened;
    const { prompt, clean, answer } = opened.value;
    if (argMax(clean.probabilities) === answer) {
      const trace: Result<FactTrace> = await traceFact(session, prompt, clean, answer, settings, signal);
      if (!trace.ok) return trace;
      traced.push({ prompt, trace: trace.value });
    }
    onProgress({ stage: "tracing facts", done: done + 1, total: facts.length });
  }
  if (traced.length > 0) return ok({ average: averageTraces(traced), unknown: facts.length - traced.length });
  const message = `${model.name} knows none of the ${facts.length} facts; give facts that it answers, with --facts.`;
  return fail(problem("invalid_request", message, { param: "--facts" }));
};
