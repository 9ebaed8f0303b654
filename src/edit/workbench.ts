import type { PreparedModel } from "../core/model/prepared-model.ts";
import type { Result } from "../core/result.ts";
import type { Engine } from "../engine/engine.ts";
import type { Graph } from "../onnx/graph.ts";
import type { ProbePrompt } from "./probes/probes.ts";
import type { LoadSecondMoment } from "./statistics/second-moment.ts";

/** Threads within one operation while edits are made: runs are short, and it is edits that go side by side. */
export const EDITING_THREADS = 1;

/** What one item of a task takes and gives. */
export type Compute<Item, Value> = (item: Item) => Promise<Result<Value>>;

/** What a worker has at hand: the model, opened, and what belongs to it. */
export interface TaskContext {
  readonly model: PreparedModel;
  /** The production decoder on the same model: what it says is what a client gets. */
  readonly engine: Engine;
  /** The model's instrumented graph with its weights, for gradients. */
  readonly graph: Graph;
  /** Prompts of the model's domain, to measure distances and side effects on; may be empty. */
  readonly probes: readonly ProbePrompt[];
  /** Second moments of the inputs of down-projections, computed where they are not at hand: seconds for a small model. */
  readonly loadSecondMoment: LoadSecondMoment;
}

/**
 * A costly computation of single items, each independent of all others, that a worker can be told by name. What is
 * shared, items and values survive structured cloning.
 */
export interface Task<Shared, Item, Value> {
  /** The key under which a table of tasks lists it. */
  readonly name: string;
  /** Opens the task on a worker's model, once for each `shared`. */
  open(shared: Shared, context: TaskContext): Promise<Result<Compute<Item, Value>>>;
}

/** Tasks by name, loaded when they are asked for. */
export type TaskTable = Readonly<Record<string, () => Promise<Task<never, never, unknown>>>>;

/** Others that compute, each with the same model open. */
export interface Workers {
  /** How many items they compute at a time. */
  readonly count: number;
  /**
   * Opens `task` in every worker that gets an item of it. An item's value is the one that this process would compute,
   * bit for bit. Fails as the task does; with `cancelled`; with `internal` where a worker breaks down.
   */
  open<Shared, Item, Value>(task: Task<Shared, Item, Value>, shared: Shared): Compute<Item, Value>;
}

/** Where the costly part of a job is done, and where its results are kept until the job is done. */
export interface Workbench {
  /**
   * What `compute` gives; where an interrupted run of the same job kept a value under `key`, that one, and nothing is
   * computed. `key` is unique within the job, and the job alone determines its value. Values survive structured
   * cloning and come back bit for bit; failures are not kept.
   */
  remember<Value>(key: string, compute: () => Promise<Result<Value>>): Promise<Result<Value>>;
  /** Null where everything is computed in this process. */
  readonly workers: Workers | null;
}

/** Computes in this process and keeps nothing. */
export const PLAIN_WORKBENCH: Workbench = { remember: (_, compute) => compute(), workers: null };
