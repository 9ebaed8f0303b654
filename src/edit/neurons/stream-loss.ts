import type { PreparedModel } from "../../core/model/prepared-model.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { addGradients } from "../../onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../../onnx/autodiff/trace-values.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineSession,
  openOfflineSession,
} from "../../onnx/offline-session.ts";
import { cutGraphAt } from "../../onnx/surgery/cut-graph.ts";
import { addTargetLoss } from "../../onnx/surgery/target-loss.ts";
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

interface RunSession {
  readonly session: OfflineSession;
  readonly names: {
    readonly stream: string;
    readonly targets: string;
    readonly weights: string;
    readonly loss: string;
    readonly gradient: string;
    readonly logits: string;
  };
}

const notByPosition = (model: PreparedModel, input: string) =>
  problem(
    "unsupported_graph",
    `What follows the last block of ${model.name} reads "${input}" besides the residual stream, so positions cannot be taken one by one.`,
  );

/** Final norm, unembedding and loss over `rows` positions, with the gradient by the stream. */
const openRunSession = async (
  model: PreparedModel,
  { plain, output, hook }: LastBlock,
  rows: number,
): Promise<Result<RunSession>> => {
  const { logits } = model.io;
  const rest = cutGraphAt(
    { ...plain, outputs: plain.outputs.filter(({ name }) => name === logits) },
    { name: output, type: "float32", shape: [1, rows, hook.width] },
  );
  const other = rest.inputs.find(({ name }) => name !== output);
  if (other) return fail(notByPosition(model, other.name));
  const { graph, targets, weights, loss } = addTargetLoss(rest, logits);
  const traced = await traceValues(graph, {
    [output]: floatTensor([1, rows, hook.width], new Float32Array(rows * hook.width).fill(1)),
    [targets]: integerTensor([1, rows], new Array<number>(rows).fill(0)),
    [weights]: floatTensor([1, rows], new Float32Array(rows).fill(1)),
  });
  if (!traced.ok) return traced;
  const differentiated = addGradients(graph, traced.value, loss, [output], { keep: [logits] });
  if (!differentiated.ok) return differentiated;
  // One thread: runs are so short that a second costs more than it does.
  const session = await openOfflineSession(differentiated.value.graph, { threads: 1 });
  if (!session.ok) return session;
  const gradient = differentiated.value.gradients.get(output)!;
  return ok({ session: session.value, names: { stream: output, targets, weights, loss, gradient, logits } });
};

const argMaxOf = (logits: Float32Array): number => {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
};

class CachedStreamLoss implements StreamLoss {
  readonly #model: PreparedModel;
  readonly #block: LastBlock;
  readonly #sessions = new Map<number, Promise<Result<RunSession>>>();

  constructor(model: PreparedModel, block: LastBlock) {
    this.#model = model;
    this.#block = block;
  }

  async differentiate(rows: TargetRows, gradient: Float32Array): Promise<Result<number>> {
    const { width } = this.#block.hook;
    const total = rows.targets.length;
    let sum = 0;
    for (let start = 0; start < total; start += LARGEST_RUN) {
      const count = Math.min(LARGEST_RUN, total - start);
      const opened = await this.#sessionFor(count);
      if (!opened.ok) return opened;
      const { session, names } = opened.value;
      const results = await session.run(this.#feeds(rows, start, count, names), [names.loss, names.gradient]);
      const own = results[names.gradient]!.data as Float32Array;
      const share = count / total;
      for (let i = 0; i < count * width; i++) gradient[start * width + i] = own[i]! * share;
      sum += (results[names.loss]!.data as Float32Array)[0]! * share;
    }
    return ok(sum);
  }

  async hits(rows: TargetRows): Promise<Result<readonly boolean[]>> {
    const { vocabulary } = this.#model.dims;
    const hits: boolean[] = [];
    for (let start = 0; start < rows.targets.length; start += LARGEST_RUN) {
      const count = Math.min(LARGEST_RUN, rows.targets.length - start);
      const opened = await this.#sessionFor(count);
      if (!opened.ok) return opened;
      const { session, names } = opened.value;
      const results = await session.run(this.#feeds(rows, start, count, names), [names.logits]);
      const logits = results[names.logits]!.data as Float32Array;
      for (let row = 0; row < count; row++) {
        const likeliest = argMaxOf(logits.subarray(row * vocabulary, (row + 1) * vocabulary));
        hits.push(likeliest === rows.targets[start + row]);
      }
    }
    return ok(hits);
  }

  #feeds({ stream, targets }: TargetRows, start: number, count: number, names: RunSession["names"]) {
    const { width } = this.#block.hook;
    const rows = runLength(count);
    const states = new Float32Array(rows * width);
    states.set(stream.subarray(start * width, (start + count) * width));
    // Padding counts nothing; a state of zeros would make its norm divide by nothing.
    states.fill(1, count * width);
    const ids = new BigInt64Array(rows);
    for (let row = 0; row < count; row++) ids[row] = BigInt(targets[start + row]!);
    return {
      [names.stream]: floatTensor([1, rows, width], states),
      [names.targets]: { type: "int64" as const, shape: [1, rows], data: ids },
      [names.weights]: floatTensor([1, rows], new Float32Array(rows).fill(1, 0, count)),
    };
  }

  #sessionFor(count: number): Promise<Result<RunSession>> {
    const rows = runLength(count);
    const known = this.#sessions.get(rows);
    if (known) return known;
    const opened = openRunSession(this.#model, this.#block, rows);
    this.#sessions.set(rows, opened);
    return opened;
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
