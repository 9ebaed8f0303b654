import type { ReadyModel } from "../../service/answering/model-runner.ts";

/** Durations by the name they go out under. */
export type Timings = Readonly<Record<string, number>>;

const DECIMALS = 1;

/** A `Server-Timing` value: each part's name and its milliseconds. https://www.w3.org/TR/server-timing/ */
export const toServerTiming = (timings: Timings): string =>
  Object.entries(timings)
    .map(([name, milliseconds]) => `${name};dur=${milliseconds.toFixed(DECIMALS)}`)
    .join(", ");

/** The headers that say what made an answer; `none` stands for the bare model, and for no channel. */
export const provenanceHeaders = (ready: ReadyModel, timings: Timings): Record<string, string> => ({
  "errata-bundle": ready.target?.bundle ?? "none",
  "errata-version": ready.target ? String(ready.target.version) : "none",
  "errata-channel": ready.channel ?? "none",
  "errata-patch-set": ready.patchSet,
  "server-timing": toServerTiming(timings),
});
