import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { type Problem, problem } from "../../core/problem.ts";
import { fail, type Result } from "../../core/result.ts";
import type { Compute, Task, Workers } from "../../edit/workbench.ts";
import type { WorkerAnswer, WorkerRequest } from "./messages.ts";

/*
 * Processes, not threads: ending a thread while it is in the native runtime aborts the whole process, and where the
 * runtime crashes or memory gives out, only the worker is lost.
 *
 * Why no library: tinypool 2.2.0 with `runtime: "child_process"` and `serialization: "advanced"` keeps a worker's model
 * open, brings arrays over bit for bit and ends workers that are at work, but it cannot tell one worker from another,
 * so that what a task shares goes along with every item (40 MB took 1.5 s an item), and of a worker that breaks down it
 * says "Worker exited unexpectedly", without exit code, signal or error, while that error is printed over the progress.
 */

/** The module that workers run. */
const TASK_WORKER = join(import.meta.dirname, "task-worker.ts");

/** Most characters kept of what a worker last wrote to standard error. */
const LAST_WORDS = 2000;

/** How to start workers. */
export interface PoolOptions {
  /** How many items are computed at a time. */
  readonly count: number;
  /** Directory of the model, absolute. */
  readonly modelDirectory: string;
  /** Ends all workers once it is aborted. */
  readonly signal: AbortSignal;
  /** Path of the module that they run. */
  readonly module?: string;
}

/** Worker processes, started when there is work for them. */
export interface WorkerPool extends Workers {
  /** Ends the workers, at work or not. */
  close(): Promise<void>;
}

const brokenDown = (reason: string): Problem =>
  problem(
    "internal",
    `A worker broke down (${reason}). Run the same command again; --workers 1 does without workers and takes less memory.`,
  );

const interrupted = (): Problem => problem("cancelled", "Interrupted; nothing was written.");

/** What an uncaught error said of itself, in what a process wrote last. */
const errorIn = (lastWords: string): string | undefined =>
  lastWords.split("\n").find((line) => /^\w*Error\b/.test(line));

/** A process that computes one item at a time. */
class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  readonly #opened = new Set<number>();
  #settle: ((answer: WorkerAnswer) => void) | null = null;
  #lastWords = "";
  /** Why it computes no more. */
  #ended: Problem | null = null;

  constructor(module: string, modelDirectory: string) {
    // "advanced" is structured cloning: arrays arrive bit for bit.
    this.#child = fork(module, [modelDirectory], {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.on("message", (answer) => this.#answer(answer as WorkerAnswer));
    this.#child.on("error", (error) => this.#end(brokenDown(error.message)));
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS);
    });
    this.#closed = new Promise((resolve) => {
      this.#child.on("close", (code, signal) => {
        this.#end(brokenDown(errorIn(this.#lastWords) ?? signal ?? `exit code ${code}`));
        resolve();
      });
    });
  }

  get ended(): boolean {
    return this.#ended !== null;
  }

  compute(id: number, task: string, shared: unknown, item: unknown): Promise<WorkerAnswer> {
    if (!this.#opened.has(id)) this.#send({ kind: "open", id, task, shared });
    this.#opened.add(id);
    return new Promise((settle) => {
      this.#settle = settle;
      if (this.#ended) this.#answer(fail(this.#ended));
      else this.#send({ kind: "compute", id, item });
    });
  }

  async kill(): Promise<void> {
    this.#end(interrupted());
    // It has nothing to lose, and the native runtime would keep it from heeding anything gentler.
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  #send(request: WorkerRequest): void {
    // What cannot be sent any more is answered for when the process has closed.
    this.#child.send(request, () => undefined);
  }

  #answer(answer: WorkerAnswer): void {
    this.#settle?.(answer);
    this.#settle = null;
  }

  #end(reason: Problem): void {
    this.#ended ??= reason;
    this.#answer(fail(this.#ended));
  }
}

class ProcessPool implements WorkerPool {
  readonly count: number;
  readonly #options: PoolOptions;
  readonly #processes = new Set<WorkerProcess>();
  readonly #idle: WorkerProcess[] = [];
  #tasks = 0;
  readonly #interrupt = () => void this.close();

  constructor(options: PoolOptions) {
    this.count = options.count;
    this.#options = options;
    options.signal.addEventListener("abort", this.#interrupt);
  }

  open<Shared, Item, Value>({ name }: Task<Shared, Item, Value>, shared: Shared): Compute<Item, Value> {
    const id = this.#tasks++;
    return async (item) => {
      if (this.#options.signal.aborted) return fail(interrupted());
      const worker = this.#idle.pop() ?? this.#begin();
      const answer = await worker.compute(id, name, shared, item);
      if (!worker.ended) this.#idle.push(worker);
      return answer as Result<Value>;
    };
  }

  async close(): Promise<void> {
    this.#options.signal.removeEventListener("abort", this.#interrupt);
    const processes = [...this.#processes];
    this.#processes.clear();
    this.#idle.length = 0;
    await Promise.all(processes.map((worker) => worker.kill()));
  }

  #begin(): WorkerProcess {
    const worker = new WorkerProcess(this.#options.module ?? TASK_WORKER, this.#options.modelDirectory);
    this.#processes.add(worker);
    return worker;
  }
}

/** Opens a pool; it is to be closed when the work is over, however it ended. */
export const openWorkerPool = (options: PoolOptions): WorkerPool => new ProcessPool(options);
