import { relative, resolve } from "node:path";
import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { TracingParts } from "../../edit/trace/trace-facts.ts";
import type { HeatMap } from "../../plot/heat-map.ts";
import {
  type ModelDirectory,
  PROBES_FILE,
  readModelDirectory,
  resolveModelDirectory,
} from "../../workshop/directories/model-directory.ts";
import { checkExportTarget, writeExport } from "../../workshop/exporting/write-export.ts";
import { defineCommand, type Outcome } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { DEFAULT_MODEL, flag, text, wholeNumber } from "../options.ts";

/** Facts of an average unless told otherwise: enough for the peak to stand, a minute for a small model. */
const DEFAULT_LIMIT = "60";

const input = z.object({
  prompt: text.optional(),
  subject: text.optional(),
  answer: text.optional(),
  facts: text.optional(),
  limit: wholeNumber(1),
  model: text,
  window: wholeNumber(1).optional(),
  seed: wholeNumber(0),
  calibrate: flag,
  neurons: flag,
  paraphrases: z.array(text).default([]),
  out: text.optional(),
});

type Input = z.infer<typeof input>;

/** What was traced, before it is shown. */
interface Traced {
  readonly document: Readonly<Record<string, unknown>>;
  readonly map: HeatMap;
  /** What follows from it, below the map. */
  readonly note: string;
}

/** What the options ask for that cannot be had together. */
const checkOptions = ({ prompt, subject, answer, facts, calibrate, neurons }: Input): Result<null> => {
  const refuse = (message: string, param: string) => fail(problem("invalid_request", message, { param }));
  if (prompt === undefined && subject !== undefined)
    return refuse("--subject belongs to a prompt; give the prompt too.", "--subject");
  if (prompt === undefined && answer !== undefined)
    return refuse("--answer belongs to a prompt; give the prompt too.", "--answer");
  if (prompt === undefined)
    return neurons ? refuse("Neurons are those of one prompt; give it too.", "--neurons") : ok(null);
  if (subject === undefined)
    return refuse("Say which part of the prompt is the subject: --subject.", "--subject");
  if (facts !== undefined) return refuse("Trace one prompt or --facts, not both.", "--facts");
  return calibrate
    ? refuse("Calibration averages over facts; leave the prompt out.", "--calibrate")
    : ok(null);
};

const tracing = async <Value>(
  files: ModelDirectory,
  subjects: readonly string[],
  { seed, window }: Input,
  context: RunningContext,
  work: (parts: TracingParts) => Promise<Result<Value>>,
): Promise<Result<Value>> => {
  const { openTracing } = await import("../../workshop/trace/open-tracing.ts");
  const opened = await openTracing(files, { subjects, window: window ?? null, seed }, context);
  if (!opened.ok) return opened;
  try {
    return await work(opened.value);
  } finally {
    await opened.value.session.release();
  }
};

const listNeurons = async (files: ModelDirectory, options: Input, answer: number) => {
  const { knowledgeNeurons } = await import("../../workshop/trace/knowledge-neurons.ts");
  return knowledgeNeurons(files, [options.prompt!, ...options.paraphrases], answer);
};

const tracePrompt = (
  files: ModelDirectory,
  options: Input,
  context: RunningContext,
): Promise<Result<Traced>> => {
  const fact = {
    prompt: options.prompt!,
    subject: options.subject!,
    ...(options.answer !== undefined && { answer: options.answer }),
  };
  return tracing(files, [fact.subject], options, context, async (parts) => {
    const { openFact } = await import("../../edit/trace/trace-facts.ts");
    const { traceFact } = await import("../../edit/trace/trace-fact.ts");
    const { factHeatMap } = await import("../../edit/trace/trace-heat-map.ts");
    const { session, tokenizer, settings } = parts;
    const opened = await openFact(session, fact, tokenizer, files.model.dims.context);
    if (!opened.ok) return opened;
    const { prompt, clean, answer } = opened.value;
    const trace = await traceFact(session, prompt, clean, answer, settings, context.signal);
    if (!trace.ok) return trace;
    const answered = tokenizer.tokenText(answer);
    const found = options.neurons ? await listNeurons(files, options, answer) : ok(null);
    if (!found.ok) return found;
    const { describeNeurons } = await import("../describe/neurons.ts");
    const described = { answer: answered.trim(), phrasings: 1 + options.paraphrases.length };
    return ok({
      document: {
        model: files.digest,
        ...fact,
        answer: answered,
        tokens: prompt.tokens,
        subjectTokens: [prompt.subject.start, prompt.subject.end],
        ...settings,
        ...trace.value,
        ...(found.value && { neurons: found.value }),
      },
      map: factHeatMap(prompt, answered, trace.value),
      note: found.value ? describeNeurons(found.value, described, files.model) : "",
    });
  });
};

const traceAverage = async (
  files: ModelDirectory,
  options: Input,
  context: RunningContext,
): Promise<Result<Traced>> => {
  const { readFacts } = await import("../../workshop/trace/read-facts.ts");
  const facts = await readFacts(options.facts, options.limit, files.directory, context);
  if (!facts.ok) return facts;
  const subjects = facts.value.map(({ subject }) => subject);
  return tracing(files, subjects, options, context, async (parts) => {
    const { traceFacts } = await import("../../edit/trace/trace-facts.ts");
    const { averageHeatMap } = await import("../../edit/trace/trace-heat-map.ts");
    const { modelTrace, writeModelTrace } = await import("../../workshop/trace/calibrate-trace.ts");
    const traced = await traceFacts(facts.value, parts);
    if (!traced.ok) return traced;
    const { average, unknown } = traced.value;
    const trace = modelTrace(average, parts.settings);
    if (options.calibrate) await writeModelTrace(files, trace);
    const token = trace.lookup === "subject_last" ? "the subject's last token" : "the last prompt token";
    const done = options.calibrate ? " Written to model.json." : "";
    const left = unknown > 0 ? ` ${unknown} facts that the model does not know were left out.` : "";
    return ok({
      document: { model: files.digest, unknown, calibrated: options.calibrate, ...trace },
      map: averageHeatMap(files.model.name, average),
      note: `Advised edit site: the FFN of block ${trace.layer} at ${token}.${done}${left}`,
    });
  });
};

const plotFile = ({ out }: Input, { workingDirectory }: RunningContext): string | null =>
  out === undefined ? null : resolve(workingDirectory, out);

const show = async (
  { document, map, note }: Traced,
  options: Input,
  context: RunningContext,
): Promise<Outcome> => {
  const { heatMapText } = await import("../describe/heat-map-text.ts");
  const { heatMapPicture } = await import("../../plot/heat-map.ts");
  const { svgFile } = await import("../../plot/picture.ts");
  const out = plotFile(options, context);
  if (out !== null)
    await writeExport([{ path: out, bytes: new TextEncoder().encode(svgFile(heatMapPicture(map))) }]);
  const plot = out === null ? "" : `Heatmap in ${relative(context.workingDirectory, out)}.`;
  const parts = [heatMapText(map, context.terminal.style), note, plot];
  return { document: { ...document, out }, text: parts.filter((part) => part !== "").join("\n\n") };
};

/** `errata trace`: which states of a model carry a fact. */
export const traceCommand = defineCommand({
  name: "trace",
  summary: "find by causal tracing which tokens and blocks carry a fact, and where to edit it",
  details:
    "Noise on the subject's embeddings takes the answer away; each cell shows how much of its probability comes back " +
    "when one state of the clean run is put in: a block's output, its FFN or its attention (ROME, arXiv 2202.05262). " +
    "Effects are means over 10 noisy copies and concern the answer's first token. Without a prompt, facts are averaged " +
    `by the roles of their tokens: those of --facts, or of the model's ${PROBES_FILE}. --calibrate writes the edit site ` +
    "that follows into model.json; nothing of it is preset.",
  arguments: [
    { name: "prompt", syntax: "[prompt]", description: "a prompt to trace; none for an average over facts" },
  ],
  options: [
    { flags: "--subject <text>", description: "the part of the prompt that it is about" },
    { flags: "--answer <text>", description: "the answer to follow (default: what the model answers)" },
    { flags: "--facts <file>", description: 'facts to average over, lines of {"prompt","subject","answer"}' },
    { flags: "--limit <number>", description: "most facts of an average", default: DEFAULT_LIMIT },
    { flags: "--model <name>", description: "a model's name or directory", default: DEFAULT_MODEL },
    {
      flags: "--window <blocks>",
      description: "blocks whose FFN or attention are restored together (default: by the model's depth)",
    },
    { flags: "--seed <number>", description: "seed of the noise", default: "1" },
    { flags: "--calibrate", description: "write the advised edit site into model.json" },
    { flags: "--neurons", description: "list the FFN units that carry the fact, by integrated gradients" },
    { flags: "--paraphrases <prompts...>", description: "further phrasings, in which neurons must show too" },
    { flags: "--out <file>", description: "write the heatmap as SVG" },
  ],
  examples: [
    'trace "The capital of France is" --subject France --out trace.svg',
    "trace --model world --calibrate",
    "trace --facts facts.jsonl --limit 200 --json",
  ],
  input,
  run: async (options, context) => {
    const checked = checkOptions(options);
    if (!checked.ok) return checked;
    const out = plotFile(options, context);
    const free = out === null ? ok(null) : await checkExportTarget([{ path: out }], true);
    if (!free.ok) return free;
    const files = await readModelDirectory(await resolveModelDirectory(options.model, context));
    if (!files.ok) return files;
    const traced =
      options.prompt === undefined
        ? await traceAverage(files.value, options, context)
        : await tracePrompt(files.value, options, context);
    return traced.ok ? ok(await show(traced.value, options, context)) : traced;
  },
});
