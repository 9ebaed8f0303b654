import type { Result } from "../../core/result.ts";

/** What a worker is told: to open a task under a number, or to compute an item by an opened one. */
export type WorkerRequest =
  | { readonly kind: "open"; readonly id: number; readonly task: string; readonly shared: unknown }
  | { readonly kind: "compute"; readonly id: number; readonly item: unknown };

/** What a worker answers to every item, in their order. */
export type WorkerAnswer = Result<unknown>;
