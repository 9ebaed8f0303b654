import { describe, expect, it } from "vitest";
import { problem } from "../../../src/core/problem.ts";
import { fail, ok, type Result } from "../../../src/core/result.ts";
import { inLanes } from "../../../src/edit/frame/in-lanes.ts";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("work in lanes", () => {
  it.each([1, 2, 5])("gives values in the items' order and has %i under way at most", async (lanes) => {
    let under = 0;
    let most = 0;
    const told: number[] = [];
    const work = async (item: number): Promise<Result<number>> => {
      under += 1;
      most = Math.max(most, under);
      await pause(5 * (3 - item));
      under -= 1;
      return ok(10 * item);
    };
    const values = await inLanes([0, 1, 2], lanes, work, (done) => told.push(done));
    expect(values).toEqual(ok([0, 10, 20]));
    expect(most).toBe(Math.min(lanes, 3));
    expect(told).toEqual([1, 2, 3]);
  });

  it.each([1, 2, 3])("fails as the earliest item does, and begins no other, in %i lanes", async (lanes) => {
    const begun: number[] = [];
    const work = async (item: number): Promise<Result<number>> => {
      begun.push(item);
      await pause(item === 0 ? 30 : 1);
      return fail(problem("edit_not_converged", `item ${item}`));
    };
    const failed = await inLanes([0, 1, 2, 3, 4], lanes, work, () => undefined);
    expect(failed).toMatchObject({ ok: false, problem: { message: "item 0" } });
    expect(begun).toHaveLength(lanes);
  });
});
