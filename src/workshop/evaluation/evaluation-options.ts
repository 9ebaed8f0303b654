import { join } from "node:path";

/** Where evaluations go unless told otherwise, from the project's root. */
export const EVALUATIONS_DIRECTORY = join(".errata", "evaluations");

/** Ways to ask the model under evaluation: in this process, or a live service. */
export const THROUGH = ["engine", "http"] as const;

/** One of `THROUGH`. */
export type Through = (typeof THROUGH)[number];

/** How to evaluate. */
export interface EvaluationProtocol {
  /** Settings of the method; its own defaults where they are left out. */
  readonly settings: Readonly<Record<string, string>>;
  /** Most edits, after those that the model does not know are dropped. */
  readonly limit?: number | undefined;
  /** Edits made at a time; 1 for each alone. */
  readonly batch: number;
  /** Whether to measure each batch under its own patches alone. */
  readonly single: boolean;
  /** Whether to make all of them one after another in one patch set. */
  readonly sequential: boolean;
  /** Draws the benchmark and the resamples. */
  readonly seed: number;
  readonly through: Through;
  /** The key file that signs what `http` publishes; the project's own where it is left out. */
  readonly key?: string | undefined;
  /** Whether to go on from what an interrupted run left. */
  readonly resume: boolean;
  /** Workers; as many as the machine takes where it is left out. */
  readonly workers?: number | undefined;
}

/** Which method to evaluate, on what, and how. */
export interface EvaluationOptions extends EvaluationProtocol {
  /** Name of the method. */
  readonly method: string;
  /** A model's name or directory. */
  readonly model: string;
  /** A benchmark's name, or a file. */
  readonly data: string;
  /** A file of text that locality and perplexity are measured on too, in place of the fixed text. */
  readonly text?: string | undefined;
  /** Whether to leave malformed records of a file out. */
  readonly skipInvalid: boolean;
  /** Directory of the results; one of `EVALUATIONS_DIRECTORY` where it is left out. */
  readonly out?: string | undefined;
}
