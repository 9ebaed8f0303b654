import { getOrInsert } from "../../core/get-or-insert.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Graph } from "../graph.ts";
import {
  type Feeds,
  type OfflineSession,
  type OfflineSessionOptions,
  openOfflineSession,
} from "../offline-session.ts";
import { addGradients, type GradientGraph } from "./gradient-graph.ts";
import { traceValues } from "./trace-values.ts";

/** A graph with a loss in it, and what the loss is differentiated by. */
export interface LossGraph {
  readonly graph: Graph;
  /** A tensor of one number. */
  readonly loss: string;
  /** Float tensors of the graph: inputs, initializers or activations. */
  readonly by: readonly string[];
  /** Further tensors that a run can hand out. */
  readonly keep?: readonly string[];
}

/** What one run gives. */
export interface Differentiated {
  readonly loss: number;
  /** The gradient by each tensor, of its shape and type, under the tensor's own name. */
  readonly gradients: Feeds;
  /** The kept tensors that were asked for. */
  readonly kept: Feeds;
}

/** A loss for feeds of one set of shapes. */
export interface OpenLoss {
  /**
   * The loss at `feeds`, its gradients, and those of the kept tensors that `kept` names. Gradients whose tensors `into`
   * gives, by the name of what they are by, are written there. Rejects on feeds of other shapes.
   */
  differentiate(feeds: Feeds, kept?: readonly string[], into?: Feeds): Promise<Differentiated>;
  /** Kept tensors alone. */
  read(feeds: Feeds, kept: readonly string[]): Promise<Feeds>;
}

class ShapedLoss implements OpenLoss {
  readonly #session: OfflineSession;
  readonly #loss: string;
  readonly #gradients: GradientGraph["gradients"];

  constructor(session: OfflineSession, { loss, gradients }: GradientGraph) {
    this.#session = session;
    this.#loss = loss;
    this.#gradients = gradients;
  }

  async differentiate(feeds: Feeds, kept: readonly string[] = [], into: Feeds = {}): Promise<Differentiated> {
    const gradients = [...this.#gradients];
    const results = await this.#session.run(feeds, {
      ...Object.fromEntries([this.#loss, ...kept].map((name) => [name, null])),
      ...Object.fromEntries(gradients.map(([by, name]) => [name, into[by] ?? null])),
    });
    return {
      loss: Number(results[this.#loss]!.data[0]),
      gradients: Object.fromEntries(gradients.map(([by, name]) => [by, results[name]!])),
      kept: Object.fromEntries(kept.map((name) => [name, results[name]!])),
    };
  }

  read(feeds: Feeds, kept: readonly string[]): Promise<Feeds> {
    return this.#session.run(feeds, kept);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** Names the shapes of `feeds`. */
const shapesOf = (feeds: Feeds): string =>
  Object.entries(feeds)
    .map(([name, { shape }]) => `${name} ${shape}`)
    .sort()
    .join("\n");

/**
 * A loss and its gradients in onnxruntime-node. Gradients are written for known shapes, so feeds of new shapes are
 * traced, differentiated and opened once, and what was opened is kept until `release`.
 *
 * @example The mean square of x, differentiated by x
 * ```ts
 * import { LossSession } from "./src/onnx/autodiff/loss-session.ts";
 * import { GraphBuilder } from "./src/onnx/graph-builder.ts";
 * import { floatTensor } from "./src/onnx/offline-session.ts";
 *
 * const builder = new GraphBuilder(GraphBuilder.empty("mean square"));
 * const x = builder.input("x", "float32", ["n"]);
 * const loss = builder.op("ReduceMean", [builder.op("Mul", [x, x])], { keepdims: 0 });
 * const session = new LossSession({ graph: builder.graph, loss, by: [x] });
 *
 * const feeds = { x: floatTensor([2], Float32Array.of(3, -1)) };
 * const opened = await session.open(feeds);
 * if (!opened.ok) throw new Error(opened.problem.message);
 * const result = await opened.value.differentiate(feeds);
 * console.log(result.loss, ...result.gradients.x!.data); // => 5 3 -1
 * await session.release();
 * ```
 */
export class LossSession {
  readonly #graphFor: (feeds: Feeds) => Result<LossGraph>;
  readonly #options: Pick<OfflineSessionOptions, "threads">;
  readonly #opened = new Map<string, Promise<Result<ShapedLoss>>>();

  /** `source` is one graph for feeds of all shapes, or makes one for the shapes of the feeds that it is given. */
  constructor(
    source: LossGraph | ((feeds: Feeds) => Result<LossGraph>),
    options: Pick<OfflineSessionOptions, "threads"> = {},
  ) {
    this.#graphFor = typeof source === "function" ? source : () => ok(source);
    this.#options = options;
  }

  /**
   * The loss for feeds of the shapes of `feeds`, their values do not count; opened at the first call for them. Names
   * that the graph has no input for are ignored. Errors: `unsupported_operator` and `unsupported_graph`, as
   * `addGradients` and the runtime have them; those of the source.
   */
  open(feeds: Feeds): Promise<Result<OpenLoss>> {
    return getOrInsert(this.#opened, shapesOf(feeds), () => this.#openFor(feeds));
  }

  async #openFor(feeds: Feeds): Promise<Result<ShapedLoss>> {
    const source = this.#graphFor(feeds);
    if (!source.ok) return source;
    const { graph, loss, by, keep = [] } = source.value;
    const traced = await traceValues(graph, feeds, this.#options);
    if (!traced.ok) return traced;
    const differentiated = addGradients(graph, traced.value, loss, by, { keep });
    if (!differentiated.ok) return differentiated;
    const session = await openOfflineSession(differentiated.value.graph, this.#options);
    return session.ok ? ok(new ShapedLoss(session.value, differentiated.value)) : session;
  }

  /** Frees all that was opened; what is asked for afterwards is opened anew. */
  async release(): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.values());
    this.#opened.clear();
    for (const loss of opened)
      if (loss.status === "fulfilled" && loss.value.ok) await loss.value.value.release();
  }
}
