import { resolve } from "node:path";
import type { Digest } from "../../core/digest.ts";
import type { ModelTrace } from "../../core/model/model-trace.ts";
import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { ok, type Result } from "../../core/result.ts";
import type { KnowledgeNeuron } from "../../edit/kn/knowledge-neurons.ts";
import { type FactTrace, type TraceSettings, traceFact } from "../../edit/trace/trace-fact.ts";
import { openFact, type TraceableFact, type TracingParts, traceFacts } from "../../edit/trace/trace-facts.ts";
import { averageHeatMap, factHeatMap } from "../../edit/trace/trace-heat-map.ts";
import type { TracePrompt } from "../../edit/trace/trace-prompt.ts";
import { type HeatMap, heatMapPicture } from "../../plot/heat-map.ts";
import { svgFile } from "../../plot/picture.ts";
import { type ModelDirectory, readNamedModel } from "../directories/model-directory.ts";
import { checkExportTarget, writeExport } from "../exporting/write-export.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { modelTrace, writeModelTrace } from "./calibrate-trace.ts";
import { knowledgeNeurons } from "./knowledge-neurons.ts";
import { openTracing } from "./open-tracing.ts";
import { readTraceableFacts } from "./read-traceable-facts.ts";

/** What every trace is made with. */
interface TraceOptions {
  /** A model's name or directory. */
  readonly model: string;
  /** Blocks whose FFN or attention are restored together; by the model's depth where it is left out. */
  readonly window?: number | undefined;
  /** Seed of the noise. */
  readonly seed: number;
  /** A file for the heat map, as SVG; one that is there is replaced. */
  readonly out?: string | undefined;
}

/** Which prompt to trace. */
export interface PromptTraceOptions extends TraceOptions {
  readonly fact: TraceableFact;
  /** Whether to look for the FFN units that carry the fact. */
  readonly neurons: boolean;
  /** Further phrasings, in which those units must show too. */
  readonly paraphrases: readonly string[];
}

/** Which facts to average over. */
export interface AverageTraceOptions extends TraceOptions {
  /** A file of facts; the model's probe prompts where it is left out. */
  readonly facts?: string | undefined;
  /** Most facts. */
  readonly limit: number;
  /** Whether to write the advised edit site into `model.json`. */
  readonly calibrate: boolean;
}

/** What every trace says. */
interface Traced {
  readonly model: PreparedModel;
  /** The model's digest. */
  readonly digest: Digest;
  readonly map: HeatMap;
  /** Path of the heat map's file. */
  readonly out: string | null;
}

/** The trace of one prompt. */
export interface TracedPrompt extends Traced {
  readonly prompt: TracePrompt;
  /** The first token of the answer that was followed. */
  readonly answer: string;
  readonly settings: TraceSettings;
  readonly trace: FactTrace;
  /** Null where they were not asked for. */
  readonly neurons: readonly KnowledgeNeuron[] | null;
}

/** The average trace of facts, with the edit site that it advises. */
export interface TracedAverage extends Traced {
  readonly trace: ModelTrace;
  /** Facts left out, as the model does not know them. */
  readonly unknown: number;
}

/** Checks the heat map's place, opens the model, traces and draws. */
const tracing = async <Value extends { readonly map: HeatMap }>(
  options: TraceOptions,
  context: WorkshopContext,
  work: (files: ModelDirectory) => Promise<Result<Value>>,
): Promise<Result<Value & Traced>> => {
  const out = options.out === undefined ? null : resolve(context.workingDirectory, options.out);
  const free = out === null ? ok(null) : await checkExportTarget([{ path: out }], true);
  if (!free.ok) return free;
  const files = await readNamedModel(options.model, context);
  if (!files.ok) return files;
  const traced = await work(files.value);
  if (!traced.ok) return traced;
  const picture = () => new TextEncoder().encode(svgFile(heatMapPicture(traced.value.map)));
  if (out !== null) await writeExport([{ path: out, bytes: picture() }]);
  const { model, digest } = files.value;
  return ok({ ...traced.value, model, digest, out });
};

const withSession = async <Value>(
  files: ModelDirectory,
  subjects: readonly string[],
  { seed, window }: TraceOptions,
  context: WorkshopContext,
  work: (parts: TracingParts) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const opened = await openTracing(files, { subjects, window: window ?? null, seed }, context);
  if (!opened.ok) return opened;
  try {
    return await work(opened.value);
  } finally {
    await opened.value.session.release();
  }
};

/**
 * Finds by causal tracing which tokens and blocks carry the answer to one prompt.
 *
 * Errors: those of `checkExportTarget`, `readModelDirectory`, `openTracing`, `openFact`, `traceFact` and
 * `knowledgeNeurons`.
 */
export const tracePrompt = (
  options: PromptTraceOptions,
  context: WorkshopContext,
): Promise<Result<TracedPrompt>> =>
  tracing(options, context, (files) =>
    withSession(files, [options.fact.subject], options, context, async ({ session, tokenizer, settings }) => {
      const opened = await openFact(session, options.fact, tokenizer, files.model.dims.context);
      if (!opened.ok) return opened;
      const { prompt, clean, answer } = opened.value;
      const trace = await traceFact(session, prompt, clean, answer, settings, context.signal);
      if (!trace.ok) return trace;
      const phrasings = [options.fact.prompt, ...options.paraphrases];
      const neurons = options.neurons ? await knowledgeNeurons(files, phrasings, answer) : ok(null);
      if (!neurons.ok) return neurons;
      const text = tokenizer.tokenText(answer);
      return ok({
        ...{ prompt, answer: text, settings, trace: trace.value, neurons: neurons.value },
        map: factHeatMap(prompt, text, trace.value),
      });
    }),
  );

/**
 * Averages causal traces over facts, by the roles of their tokens.
 *
 * Errors: those of `checkExportTarget`, `readModelDirectory`, `readTraceableFacts`, `openTracing` and `traceFacts`.
 */
export const traceAverage = (
  options: AverageTraceOptions,
  context: WorkshopContext,
): Promise<Result<TracedAverage>> =>
  tracing(options, context, async (files) => {
    const facts = await readTraceableFacts(options.facts, options.limit, files.directory, context);
    if (!facts.ok) return facts;
    const subjects = facts.value.map(({ subject }) => subject);
    return withSession(files, subjects, options, context, async (parts) => {
      const traced = await traceFacts(facts.value, parts);
      if (!traced.ok) return traced;
      const { average, unknown } = traced.value;
      const trace = modelTrace(average, parts.settings);
      if (options.calibrate) await writeModelTrace(files, trace);
      return ok({ trace, unknown, map: averageHeatMap(files.model.name, average) });
    });
  });
