import { relative } from "node:path";
import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { PROBES_FILE } from "../../workshop/directories/model-directory.ts";
import type { TracedAverage, TracedPrompt } from "../../workshop/trace/trace-model.ts";
import { defineCommand, type Outcome } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { heatMapText } from "../describe/heat-map-text.ts";
import { describeNeurons } from "../describe/neurons.ts";
import { flag, LOCAL_MODEL, text, wholeNumber } from "../options.ts";

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

const show = (
  { map, out }: TracedPrompt | TracedAverage,
  document: object,
  note: string,
  { workingDirectory, terminal }: RunningContext,
): Outcome => {
  const plot = out === null ? "" : `Heatmap in ${relative(workingDirectory, out)}.`;
  const parts = [heatMapText(map, terminal.style), note, plot];
  return { document: { ...document, out }, text: parts.filter((part) => part !== "").join("\n\n") };
};

const showPrompt = (traced: TracedPrompt, options: Input, context: RunningContext): Outcome => {
  const { model, digest, prompt, answer, settings, trace, neurons } = traced;
  const document = {
    ...{ model: digest, prompt: options.prompt, subject: options.subject, answer },
    tokens: prompt.tokens,
    subjectTokens: [prompt.subject.start, prompt.subject.end],
    ...settings,
    ...trace,
    ...(neurons && { neurons }),
  };
  const described = { answer: answer.trim(), phrasings: 1 + options.paraphrases.length };
  return show(traced, document, neurons ? describeNeurons(neurons, described, model) : "", context);
};

const showAverage = (traced: TracedAverage, calibrated: boolean, context: RunningContext): Outcome => {
  const { digest, trace, unknown } = traced;
  const token = trace.lookup === "subject-last" ? "the subject's last token" : "the last prompt token";
  const done = calibrated ? " Written to model.json." : "";
  const left = unknown > 0 ? ` ${unknown} facts that the model does not know were left out.` : "";
  const note = `Advised edit site: the FFN of block ${trace.layer} at ${token}.${done}${left}`;
  return show(traced, { model: digest, unknown, calibrated, ...trace }, note, context);
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
    LOCAL_MODEL,
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
    const { traceAverage, tracePrompt } = await import("../../workshop/trace/trace-model.ts");
    const { prompt, subject, answer } = options;
    if (prompt === undefined || subject === undefined) {
      const average = await traceAverage(options, context);
      return average.ok ? ok(showAverage(average.value, options.calibrate, context)) : average;
    }
    const fact = { prompt, subject, ...(answer !== undefined && { answer }) };
    const traced = await tracePrompt({ ...options, fact }, context);
    return traced.ok ? ok(showPrompt(traced.value, options, context)) : traced;
  },
});
