import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { argMax } from "../../engine/sampling/sampler.ts";
import { LossSession, type OpenLoss } from "../../onnx/autodiff/loss-session.ts";
import { type Feeds, floatTensor, integerTensor } from "../../onnx/offline-session.ts";
import { cutGraphAt } from "../../onnx/surgery/cut-graph.ts";
import { addTargetLoss, type TargetLossGraph } from "../../onnx/surgery/target-loss.ts";
import type { LastBlock } from "./last-block.ts";

/** Rows of one run at least, and at most: a session is made for each power of two between. */
const SMALLEST_RUN = 16;
const LARGEST_RUN = 256;

/** Rows of the residual stream, each with the token that is to follow it. */
export interface TargetRows {
  /** [N, d]: the stream that leaves the last block. */
  readonly stream: Float32Array;
  /** [N] */
  readonly targets: readonly number[];
}

/** What the rest of the model makes of rows of the stream. */
export interface StreamLoss {
  /**
   * The mean negative log-likelihood of the targets, in nats; its gradient by the stream is written into
   * `gradient` [N, d].
   */
  differentiate(rows: TargetRows, gradient: Float32Array): Promise<Result<number>>;
  /** Whether each row's likeliest token is its target. */
  hits(rows: TargetRows): Promise<Result<readonly boolean[]>>;
}

const notByPosition = (model: PreparedModel, input: string) =>
  problem(
    "unsupported_graph",
    `What follows the last block of ${model.name} reads "${input}" besides the residual stream, so positions cannot be taken one by one.`,
  );

/** Final norm, unembedding and loss over positions, one by one. */
const scoreStream = (
  model: PreparedModel,
  { plain, output, hook, same }: LastBlock,
): Result<TargetLossGraph> => {
  const { logits } = model.io;
  const stream = { name: output, type: "float32" as const, shape: [1, "rows", hook.width] };
  const rest = cutGraphAt(plain, stream, [logits], same);
  const other = rest.inputs.find(({ name }) => name !== output);
  return other ? fail(notByPosition(model, other.name)) : ok(addTargetLoss(rest, logits));
};

/** Some of the rows asked about, fed to the session that is open for as many. */
interface Run {
  readonly loss: OpenLoss;
  readonly feeds: Feeds;
  readonly count: number;
}

class CachedStreamLoss implements StreamLoss {
  readonly #model: PreparedModel;
  readonly #block: LastBlock;
  readonly #scored: Result<TargetLossGraph>;
  readonly #loss: LossSession;

  constructor(model: PreparedModel, block: LastBlock) {
    this.#model = model;
    this.#block = block;
    this.#scored = scoreStream(model, block);
    const asked = { by: [block.output], keep: [model.io.logits] };
    // One thread: runs are so short that a second costs more than it does.
    this.#loss = new LossSession(
      () => (this.#scored.ok ? ok({ ...this.#scored.value, ...asked }) : this.#scored),
      { threads: 1 },
    );
  }

  async differentiate(rows: TargetRows, gradient: Float32Array): Promise<Result<number>> {
    const { hook, output } = this.#block;
    const total = rows.targets.length;
    let sum = 0;
    for (let start = 0; start < total; start += LARGEST_RUN) {
      const run = await this.#open(rows, start);
      if (!run.ok) return run;
      const { loss, feeds, count } = run.value;
      const result = await loss.differentiate(feeds);
      const own = result.gradients[output]!.data as Float32Array;
      const share = count / total;
      for (let i = 0; i < count * hook.width; i++) gradient[start * hook.width + i] = own[i]! * share;
      sum += result.loss * share;
    }
    return ok(sum);
  }

  async hits(rows: TargetRows): Promise<Result<readonly boolean[]>> {
    const { io, dims } = this.#model;
    const hits: boolean[] = [];
    for (let start = 0; start < rows.targets.length; start += LARGEST_RUN) {
      const run = await this.#open(rows, start);
      if (!run.ok) return run;
      const { loss, feeds, count } = run.value;
      const logits = (await loss.read(feeds, [io.logits]))[io.logits]!.data as Float32Array;
      for (let row = 0; row < count; row++) {
        const likeliest = argMax(logits.subarray(row * dims.vocabulary, (row + 1) * dims.vocabulary));
        hits.push(likeliest === rows.targets[start + row]);
      }
    }
    return ok(hits);
  }

  /** Opens the loss for the rows from `start` on, as many as one run takes. */
  async #open(rows: TargetRows, start: number): Promise<Result<Run>> {
    if (!this.#scored.ok) return this.#scored;
    const count = Math.min(LARGEST_RUN, rows.targets.length - start);
    const feeds = this.#feeds(rows, start, count, this.#scored.value);
    const loss = await this.#loss.open(feeds);
    return loss.ok ? ok({ loss: loss.value, feeds, count }) : loss;
  }

  #feeds({ stream, targets }: TargetRows, start: number, count: number, names: TargetLossGraph): Feeds {
    const { hook, output } = this.#block;
    const rows = runLength(count);
    const states = new Float32Array(rows * hook.width);
    states.set(stream.subarray(start * hook.width, (start + count) * hook.width));
    // Padding counts nothing; a state of zeros would make its norm divide by nothing.
    states.fill(1, count * hook.width);
    const ids = Array.from({ length: rows }, (_, row) => (row < count ? targets[start + row]! : 0));
    return {
      [output]: floatTensor([1, rows, hook.width], states),
      [names.targets]: integerTensor([1, rows], ids),
      [names.weights]: floatTensor([1, rows], new Float32Array(rows).fill(1, 0, count)),
    };
  }
}

/** Rows that a run of `count` is padded to. */
const runLength = (count: number): number => {
  let rows = SMALLEST_RUN;
  while (rows < count) rows *= 2;
  return rows;
};

/** The loss over the last block's output; sessions are opened when first needed, and kept. */
export const openStreamLoss = (model: PreparedModel, block: LastBlock): StreamLoss =>
  new CachedStreamLoss(model, block);
