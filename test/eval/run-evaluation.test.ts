import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Patch } from "../../src/core/patch/patch.ts";
import { ok } from "../../src/core/result.ts";
import { grace } from "../../src/edit/grace/grace.ts";
import type { EditingContext, EditMethod } from "../../src/edit/method.ts";
import { JOURNAL_FILE } from "../../src/eval/journal.ts";
import { tinyContext } from "../edit/support/tiny-context.ts";
import {
  DO_NOTHING,
  evaluateTiny,
  journalDirectory,
  type TinyRun,
  withoutTimes,
} from "./support/tiny-evaluation.ts";

/** The patch with every deferral radius far beyond the model's distances. */
const blownUp = (patch: Patch): Patch => {
  if (patch.kind !== "codebook") return patch;
  const { shape, data } = patch.tensors.radii;
  return { ...patch, tensors: { ...patch.tensors, radii: { shape, data: data.map(() => 1e6) } } };
};

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});
afterAll(() => context.engine.release());

/** The tiny model's states are about 100 apart: this fires on the edit's own prompt alone. */
const TIGHT = { radius: "1" };
/** GRACE with its radii blown up afterwards, so that its patches fire on every prompt there is. */
const everywhere: EditMethod = {
  ...grace,
  apply: async (...work) => {
    const outcome = await grace.apply(...work);
    return outcome.ok ? ok({ ...outcome.value, patches: outcome.value.patches.map(blownUp) }) : outcome;
  },
};

const reportOf = async (run: Omit<TinyRun, "context">) => {
  const evaluated = await evaluateTiny({ context, ...run });
  if (!evaluated.ok) throw new Error(evaluated.problem.message);
  return evaluated.value;
};

describe("an evaluation", () => {
  it("of an unedited model finds accuracy 0 and locality 1", async () => {
    const { properties, s, figures, sequential } = await reportOf({ method: DO_NOTHING });
    expect(properties.accuracy.freeRunning?.mean).toBe(0);
    expect(properties.generality.freeRunning?.mean).toBe(0);
    expect(properties.locality.freeRunning).toEqual({ mean: 1, low: 1, high: 1 });
    expect(properties.locality.groups).toEqual({ neighbours: 1, sameSubject: 1, random: 1 });
    expect(figures["locality.divergence"]?.mean).toBe(0);
    expect(s.freeRunning).toBe(0);
    expect(sequential.map(({ accuracy, random }) => [accuracy, random])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it("of a patch that fires where it should finds accuracy 1 and locality 1", async () => {
    const { properties, efficiency } = await reportOf({ method: grace, settings: TIGHT });
    expect(properties.accuracy.freeRunning?.mean).toBe(1);
    expect(properties.locality.freeRunning?.mean).toBe(1);
    expect(properties.portability).toBeNull();
    expect(efficiency.bytesPerEdit).toBeGreaterThan(32 * 4);
  });

  it("of a patch that fires everywhere finds locality 0", async () => {
    const { properties, figures } = await reportOf({ method: everywhere, settings: TIGHT });
    expect(properties.accuracy.freeRunning?.mean).toBe(1);
    expect(properties.generality.freeRunning?.mean).toBe(1);
    expect(properties.locality.freeRunning?.mean).toBe(0);
    expect(properties.locality.teacherForced?.mean).toBe(0);
    expect(figures["locality.divergence"]!.mean).toBeGreaterThan(0);
  });

  it("drops and counts what the model does not know, and counts the limit after that", async () => {
    const all = await reportOf({ method: DO_NOTHING });
    expect([all.known, all.dropped, all.limit]).toEqual([3, 1, null]);
    const two = await reportOf({ method: DO_NOTHING, limit: 2 });
    expect(two.cases.map(({ id }) => id)).toEqual(["france", "norway"]);
    expect([two.known, two.dropped]).toEqual([2, 1]);
  });

  it("keeps every case with its prompt and the text before and after", async () => {
    const { cases } = await reportOf({ method: grace, settings: TIGHT });
    expect(cases[2]!.accuracy).toMatchObject({
      prompt: "The capital of Japan is",
      after: "the city of Rome",
      expected: "the city of Rome",
      correct: true,
    });
    expect(cases[2]!.accuracy.before).not.toBe("the city of Rome");
    expect(cases[2]!.accuracy.nearest!.distance).toBeLessThan(1);
  });

  it("looks at the sequence after 1 edit and at its end, with all patches in one set", async () => {
    const { sequential } = await reportOf({ method: grace, settings: TIGHT });
    expect(sequential.map(({ edits, accuracy }) => [edits, accuracy])).toEqual([
      [1, 1],
      [3, 1],
    ]);
    for (const { intervals, random, ability } of sequential) {
      expect(intervals.accuracy).toEqual({ low: 1, high: 1 });
      expect(intervals.random === null).toBe(random === null);
      expect(intervals.random?.low ?? 0).toBeLessThanOrEqual(random ?? 0);
      expect(ability.intervals.perplexity === null).toBe(ability.perplexity === null);
    }
  });

  it("gives the same figures again", async () => {
    const [first, second] = [
      await reportOf({ method: grace, settings: TIGHT }),
      await reportOf({ method: grace, settings: TIGHT }),
    ];
    expect(withoutTimes(second)).toEqual(withoutTimes(first));
  });
});

describe("an interrupted evaluation", () => {
  /** Stops once `finished` cases are measured, and returns where they are kept. */
  const interruptAfter = async (finished: number) => {
    const directory = await journalDirectory();
    const controller = new AbortController();
    const stopped = await evaluateTiny({
      context,
      method: grace,
      settings: TIGHT,
      directory,
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        if (stage === "measuring edits one by one" && done === finished) controller.abort();
      },
    });
    expect(stopped.ok ? "finished" : stopped.problem.code).toBe("cancelled");
    return directory;
  };

  it("goes on from what is finished and ends as one that was never stopped", async () => {
    const directory = await interruptAfter(2);
    const before = await readFile(join(directory, JOURNAL_FILE), "utf8");
    expect(before.trim().split("\n").length).toBe(1 + 2);
    const resumed = await reportOf({ method: grace, settings: TIGHT, directory, resume: true });
    const whole = await reportOf({ method: grace, settings: TIGHT });
    expect(withoutTimes(resumed)).toEqual(withoutTimes(whole));
    expect((await readFile(join(directory, JOURNAL_FILE), "utf8")).startsWith(before)).toBe(true);
  });

  it("survives a torn last line", async () => {
    const directory = await interruptAfter(1);
    await appendFile(join(directory, JOURNAL_FILE), '{"kind":"case","of":"sha256:12');
    const resumed = await reportOf({ method: grace, settings: TIGHT, directory, resume: true });
    expect(resumed.known).toBe(3);
  });

  it("is not taken up by one with other settings", async () => {
    const directory = await interruptAfter(1);
    const other = await evaluateTiny({ context, method: DO_NOTHING, directory, resume: true });
    expect(other.ok ? "went on" : other.problem.code).toBe("invalid_request");
  });
});
