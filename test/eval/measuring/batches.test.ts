import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problem } from "../../../src/core/problem.ts";
import { fail } from "../../../src/core/result.ts";
import { grace } from "../../../src/edit/grace/grace.ts";
import type { EditingContext, EditMethod } from "../../../src/edit/method.ts";
import { tinyContext } from "../../edit/support/tiny-context.ts";
import {
  evaluateTiny,
  journalDirectory,
  TINY_CASES,
  type TinyRun,
  withoutTimes,
} from "../support/tiny-evaluation.ts";

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});
afterAll(() => context.engine.release());

const TIGHT = { radius: "1" };

/** GRACE, with the edits of each application noted in `applied`, which fails at the edits named in `fails`. */
const noting = (applied: string[][], fails: readonly string[] = []): EditMethod => ({
  ...grace,
  apply: (edits, ...rest) => {
    applied.push(edits.map(({ id }) => id!));
    const failed = edits.find(({ id }) => fails.includes(id!));
    return failed
      ? Promise.resolve(fail(problem("edit_not_converged", "It will not.", { param: failed.id! })))
      : grace.apply(edits, ...rest);
  },
});

const reportOf = async (run: Omit<TinyRun, "context" | "settings">) => {
  const evaluated = await evaluateTiny({ context, settings: TIGHT, ...run });
  if (!evaluated.ok) throw new Error(evaluated.problem.message);
  return evaluated.value;
};

describe("an evaluation in batches", () => {
  it("makes that many edits in one application, each batch on the unedited model, then batch upon batch", async () => {
    const applied: string[][] = [];
    const report = await reportOf({ method: noting(applied), batch: 2 });
    // The first edit is made once beforehand, so that what is measured once counts for no edit.
    expect(applied).toEqual([["france"], ["france", "norway"], ["japan"], ["france", "norway"], ["japan"]]);
    expect([report.batch, report.known]).toEqual([2, 3]);
    expect(report.properties.accuracy.freeRunning?.mean).toBe(1);
    expect(report.sequential.map(({ edits, accuracy }) => [edits, accuracy])).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  it("measures each case under the patches of all its batch and shares their bytes", async () => {
    const [alone, together] = [
      await reportOf({ method: grace }),
      await reportOf({ method: grace, batch: 3 }),
    ];
    // A prompt's nearest key may be another edit's only where the others are attached too.
    const nearest = together.cases[0]!.locality.neighbours[0]!.nearest!.distance;
    const ownNearest = alone.cases.map(({ locality }) => locality.neighbours[0]!.nearest!.distance);
    expect(nearest).toBeCloseTo(Math.min(...ownNearest), 3);
    const bytes = alone.cases.reduce((sum, { cost }) => sum + cost.bytes, 0);
    expect(together.cases.reduce((sum, { cost }) => sum + cost.bytes, 0)).toBeCloseTo(bytes, 6);
  });

  it("takes a prompt of another edit of the batch for no locality prompt", async () => {
    const [france, , norway] = TINY_CASES;
    const probe = { prompt: norway!.edit.prompt, answer: null, object: "other" as const };
    const cases = [{ ...france!, locality: { ...france!.locality, neighbours: [probe] } }, norway!];
    const [alone, together] = [
      await reportOf({ method: grace, cases }),
      await reportOf({ method: grace, cases, batch: 2 }),
    ];
    expect(alone.cases[0]!.locality.neighbours).toHaveLength(1);
    expect(together.cases[0]!.locality.neighbours).toHaveLength(0);
  });

  it("leaves out the edit that cannot be made, with the reason, and makes the others", async () => {
    const applied: string[][] = [];
    const report = await reportOf({ method: noting(applied, ["norway"]), batch: 3 });
    expect(applied.slice(1, 3)).toEqual([
      ["france", "norway", "japan"],
      ["france", "japan"],
    ]);
    expect(report.cases.map(({ skipped, accuracy }) => [skipped, accuracy.correct])).toEqual([
      [null, true],
      ["It will not.", false],
      [null, true],
    ]);
  });

  it("goes on from what is finished, and makes no batch again that is measured in full", async () => {
    const directory = await journalDirectory();
    const controller = new AbortController();
    const stopped = await evaluateTiny({
      context,
      method: grace,
      settings: TIGHT,
      batch: 2,
      directory,
      signal: controller.signal,
      onProgress: ({ stage, done }) => {
        if (stage === "measuring edits in batches" && done === 2) controller.abort();
      },
    });
    expect(stopped).toMatchObject({ ok: false, problem: { code: "cancelled" } });
    const applied: string[][] = [];
    const resumed = await reportOf({ method: noting(applied), batch: 2, directory, resume: true });
    expect(applied.slice(0, 2)).toEqual([["japan"], ["japan"]]);
    expect(withoutTimes(resumed)).toEqual(withoutTimes(await reportOf({ method: grace, batch: 2 })));
  });

  it("does not take a case's result from a batch of other edits", async () => {
    const directory = await journalDirectory();
    await reportOf({ method: grace, batch: 2, limit: 1, directory });
    const applied: string[][] = [];
    await reportOf({ method: noting(applied), batch: 2, directory, resume: true });
    expect(applied).toContainEqual(["france", "norway"]);
  });
});
