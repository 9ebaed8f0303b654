import { fileURLToPath } from "node:url";
import { z } from "zod";
import { adamWStep, initialAdamState } from "../../src/optim/adamw.ts";
import { clipGlobalNorm } from "../../src/optim/clip-global-norm.ts";
import { WORLD_CONFIG } from "../../src/train/config.ts";
import type { Batch } from "../../src/train/data/batches.ts";
import { initialWeights, parametersOf } from "../../src/train/decoder/parameters.ts";
import { createTrainingStep } from "../../src/train/run/training-step.ts";
import { alone, type Figure, type Subject } from "./figure.ts";
import { median } from "./support/median.ts";
import { findPytorch, NO_PYTORCH, runPytorch } from "./support/pytorch.ts";

/** Length of the sequences; a usual one in the default model's corpus. */
const LENGTH = 32;
const WARM_UP_STEPS = 2;
const STEPS = 10;
/** Largest share by which the step may be slower than PyTorch's. */
const TOLERATED_SHARE = 0.05;
const PYTORCH_SCRIPT = fileURLToPath(new URL("./pytorch_step.py", import.meta.url).href);

/** Milliseconds, one number a step. */
interface StepTimes {
  readonly gradient: readonly number[];
  readonly whole: readonly number[];
}

const someBatch = (): Batch => {
  const { model, optimizer } = WORLD_CONFIG;
  const rows = Math.floor(optimizer.tokensPerStep / LENGTH);
  const count = rows * LENGTH;
  const inputs = Int32Array.from({ length: count }, (_, index) => (index * 7919) % model.vocabulary);
  const targets = inputs.map((id) => (id + 1) % model.vocabulary);
  return { rows, length: LENGTH, inputs, targets, weights: new Float32Array(count).fill(1 / count) };
};

const timeOurSteps = async (): Promise<StepTimes> => {
  const { model, optimizer, seed } = WORLD_CONFIG;
  const parameters = parametersOf(model);
  const weights = initialWeights(parameters, seed);
  const gradients = new Float32Array(weights.length);
  const step = createTrainingStep(WORLD_CONFIG, parameters, weights, gradients);
  const adam = initialAdamState(weights.length);
  const batch = someBatch();
  const times = { gradient: [] as number[], whole: [] as number[] };
  for (let count = 0; count < WARM_UP_STEPS + STEPS; count++) {
    const started = performance.now();
    const loss = await step.run(batch);
    if (!loss.ok) throw new Error(loss.problem.message);
    const differentiated = performance.now();
    clipGlobalNorm(gradients, optimizer.clip);
    adamWStep(weights, gradients, adam, parameters, optimizer, optimizer.learningRate);
    if (count < WARM_UP_STEPS) continue;
    times.gradient.push(differentiated - started);
    times.whole.push(performance.now() - started);
  }
  await step.release();
  return times;
};

const pytorchSchema = z.object({
  gradient: z.array(z.number()),
  whole: z.array(z.number()),
  version: z.string(),
});

/** The same step in PyTorch; null where there is none. */
const timePytorchSteps = async (): Promise<z.infer<typeof pytorchSchema> | null> => {
  const interpreter = await findPytorch();
  if (interpreter === null) return null;
  const { model, optimizer, threads } = WORLD_CONFIG;
  const setting = {
    ...model,
    ...optimizer,
    threads,
    length: LENGTH,
    warmUpSteps: WARM_UP_STEPS,
    steps: STEPS,
  };
  return pytorchSchema.parse(await runPytorch(interpreter, PYTORCH_SCRIPT, setting));
};

const figureOf = (name: string, ours: readonly number[], theirs: readonly number[] | undefined): Figure => {
  const value = median(ours);
  if (theirs === undefined) return alone(name, value, "ms");
  const ratio = median(theirs) / value;
  const budget = { text: "as fast as PyTorch, within 5 %", met: ratio >= 1 - TOLERATED_SHARE };
  return { name, value, unit: "ms", beside: { name: "PyTorch", value: median(theirs) }, ratio, budget };
};

/** One training step of the default model, beside PyTorch where it is installed. */
export const training: Subject = {
  name: "training",
  title: "One training step of the default model",
  measure: async (note) => {
    const { optimizer, threads } = WORLD_CONFIG;
    note(`${optimizer.tokensPerStep} tokens in sequences of ${LENGTH}, ${threads} threads`);
    const ours = await timeOurSteps();
    const theirs = await timePytorchSteps();
    note(theirs ? `PyTorch ${theirs.version}` : NO_PYTORCH);
    return [
      figureOf("loss and gradients", ours.gradient, theirs?.gradient),
      figureOf("whole step, with clipping and AdamW", ours.whole, theirs?.whole),
    ];
  },
};
