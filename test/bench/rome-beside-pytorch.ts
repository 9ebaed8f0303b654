import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Edit } from "../../src/core/edit/edit.ts";
import { EMPTY_PATCH_SET } from "../../src/core/patch/patch-set.ts";
import { editSequences } from "../../src/edit/down-projection/edit-sequences.ts";
import { toShiftSettings } from "../../src/edit/down-projection/shift-settings.ts";
import type { EditingContext } from "../../src/edit/method.ts";
import { type RomeUpdate, romeUpdate } from "../../src/edit/rome/rome-update.ts";
import { openRomeSession, type RomeSession } from "../../src/edit/rome/session.ts";
import { parseRomeSettings } from "../../src/edit/rome/settings.ts";
import { DEFAULT_THREADS } from "../../src/onnx/offline-session.ts";
import { WORLD_CONFIG } from "../../src/train/config.ts";
import { parametersOf } from "../../src/train/decoder/parameters.ts";
import { unwrap } from "../onnx/support/unwrap.ts";
import type { Figure } from "./figure.ts";
import { WEIGHTS_PATH } from "./support/editing-model.ts";
import { median } from "./support/median.ts";
import {
  findPytorch,
  NO_PYTORCH,
  type PytorchProcess,
  startPytorch,
  WAIT_POLICIES,
} from "./support/pytorch.ts";

const SCRIPT = fileURLToPath(new URL("./pytorch_rome.py", import.meta.url).href);
const ROUNDS = 3;
/** Milliseconds before a turn: the threads of the side that just ran spin a while before they sleep. */
const PAUSE_MS = 100;
/** Largest share by which an edit may be slower than PyTorch's. */
const TOLERATED_SHARE = 0.05;
/** How far losses and keys may lie from PyTorch's, relative in the Euclidean norm: both compute in float32. */
const AGREEMENT = 1e-3;

/** Every step is taken, and nothing is asked of the model: PyTorch's side has no production decoder to ask. */
const SAME_STEPS = { "loss-target": "1e-9", guards: "0" };
const VARIANTS = {
  "four phrasings": SAME_STEPS,
  "four phrasings, ten contexts, divergence": { ...SAME_STEPS, contexts: "10", "kl-factor": "0.0625" },
} as const;

const answerSchema = z.object({
  ms: z.number(),
  losses: z.array(z.number()),
  keys: z.array(z.array(z.number())),
});

/** One edit as PyTorch's side is asked for it. */
const requestOf = async (edit: Edit, { context, contexts, lookup, settings }: RomeSession) => {
  const { tokenizer } = context.engine;
  const { weights, ...sequences } = unwrap(await editSequences(edit, contexts, lookup, context.engine));
  const ids = tokenizer.encode(`${edit.subject} is a`);
  const essence = settings["kl-factor"] > 0 ? { ids, lookup: ids.length - 1 } : null;
  return { ...sequences, weights: [...weights], essence };
};

const distance = (ours: ArrayLike<number>, theirs: readonly number[]): number =>
  Math.hypot(...theirs.map((value, i) => value - ours[i]!)) / Math.hypot(...theirs);

/**
 * Throws where the two sides did not do the same: their times would mean nothing. The shifts are held by their losses,
 * as Adam divides by the gradient's size and so moves coordinates that hardly matter by what is rounding.
 */
const checkAgreement = ({ optimized, A }: RomeUpdate, theirs: z.infer<typeof answerSchema>): void => {
  const pairs = {
    losses: [optimized.losses, theirs.losses],
    "the update's keys": [A.data, theirs.keys.flat()],
  } as const;
  for (const [name, [ours, other]] of Object.entries(pairs)) {
    const apart = ours.length === other.length ? distance(ours, other) : Number.POSITIVE_INFINITY;
    if (!(apart <= AGREEMENT)) throw new Error(`ROME and PyTorch do not agree on ${name}: ${apart} apart`);
  }
};

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

const ourTurn = async (edit: Edit, session: RomeSession) => {
  await pause();
  const started = performance.now();
  const update = unwrap(await romeUpdate(edit, EMPTY_PATCH_SET, session));
  return { ms: performance.now() - started, update };
};

/** The faster of PyTorch's processes. */
const theirTurn = async (edit: Edit, session: RomeSession, pytorch: readonly PytorchProcess[]) => {
  const answers: z.infer<typeof answerSchema>[] = [];
  for (const process of pytorch) {
    await pause();
    answers.push(answerSchema.parse(await process.ask(await requestOf(edit, session))));
  }
  return answers.reduce((fastest, answer) => (answer.ms < fastest.ms ? answer : fastest));
};

/** Seconds an edit, edit by edit and round by round. */
interface Times {
  readonly ours: number[];
  readonly theirs: number[];
}

const measureTurn = async (
  edit: Edit,
  session: RomeSession,
  pytorch: readonly PytorchProcess[],
  oursFirst: boolean,
) => {
  if (pytorch.length === 0) return { ours: await ourTurn(edit, session), theirs: null };
  const early = oursFirst ? await ourTurn(edit, session) : null;
  const theirs = await theirTurn(edit, session, pytorch);
  const ours = early ?? (await ourTurn(edit, session));
  checkAgreement(ours.update, theirs);
  return { ours, theirs };
};

/** Who is first changes each round; the first round warms up. */
const measureTurns = async (
  edits: readonly Edit[],
  session: RomeSession,
  pytorch: readonly PytorchProcess[],
): Promise<Times> => {
  const times: Times = { ours: [], theirs: [] };
  for (let round = 0; round <= ROUNDS; round++)
    for (const edit of edits) {
      const { ours, theirs } = await measureTurn(edit, session, pytorch, round % 2 === 0);
      if (round === 0) continue;
      times.ours.push(ours.ms / 1000);
      if (theirs) times.theirs.push(theirs.ms / 1000);
    }
  return times;
};

const figureOf = (variant: string, { ours, theirs }: Times): Figure => {
  const measured = { name: `rome, ${variant}: an edit`, value: median(ours), unit: "s" };
  if (theirs.length === 0) return { ...measured, beside: null, ratio: null, budget: null };
  const ratio = median(theirs.map((seconds, turn) => seconds / ours[turn]!));
  const budget = { text: "as fast as PyTorch, within 5 %", met: ratio >= 1 - TOLERATED_SHARE };
  return { ...measured, beside: { name: "PyTorch", value: median(theirs) }, ratio, budget };
};

/** What PyTorch's side is started with. Writes the second moment into `directory`, to be read from there. */
const settingOf = async ({ context, settings, site }: RomeSession, directory: string) => {
  const moment = join(directory, "moment.bin");
  const { matrix } = unwrap(await context.loadSecondMoment(site.layer, "answer"));
  await writeFile(moment, new Uint8Array(matrix.data.buffer, matrix.data.byteOffset, matrix.data.byteLength));
  return {
    ...WORLD_CONFIG.model,
    ...toShiftSettings(settings),
    weights: WEIGHTS_PATH,
    parameters: parametersOf(WORLD_CONFIG.model),
    threads: DEFAULT_THREADS,
    layer: site.layer,
    moment,
    ridge: settings.ridge,
    keyRidge: settings["key-ridge"],
  };
};

const measureVariant = async (
  edits: readonly Edit[],
  session: RomeSession,
  interpreter: string | null,
): Promise<Times> => {
  if (interpreter === null) return measureTurns(edits, session, []);
  const directory = await mkdtemp(join(tmpdir(), "errata-bench-"));
  const setting = await settingOf(session, directory);
  const pytorch = WAIT_POLICIES.map((policy) => startPytorch(interpreter, SCRIPT, setting, policy));
  try {
    return await measureTurns(edits, session, pytorch);
  } finally {
    for (const process of pytorch) process.stop();
    await rm(directory, { recursive: true });
  }
};

/**
 * ROME's v* and update of `edits`, warm, beside the same in PyTorch where it is installed: the same weights, rows, steps and
 * closed form, on as many threads. Throws where the two disagree.
 */
export const measureRomeBesidePytorch = async (
  edits: readonly Edit[],
  context: EditingContext,
  note: (line: string) => void,
): Promise<readonly Figure[]> => {
  const interpreter = await findPytorch();
  note(
    interpreter === null
      ? NO_PYTORCH
      : `ROME's value and closed form alone, warm, ${DEFAULT_THREADS} threads, beside the faster of two PyTorch processes (threads that spin, threads that sleep)`,
  );
  const figures: Figure[] = [];
  for (const [variant, given] of Object.entries(VARIANTS)) {
    const settings = unwrap(parseRomeSettings(given));
    const session = unwrap(await openRomeSession(context, settings));
    figures.push(figureOf(variant, await measureVariant(edits, session, interpreter)));
  }
  return figures;
};
