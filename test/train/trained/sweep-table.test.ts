import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  parseSweepCsv,
  readSweep,
  type SweepRow,
  sweepCsv,
  sweepTable,
} from "../../../src/train/trained/sweep-table.ts";

const ROW: SweepRow = {
  width: 192,
  layers: 6,
  heads: 6,
  ffn: 768,
  learningRate: 0.0015,
  parameters: 3_468_288,
  steps: 500,
  loss: 1.2345678,
  trained: 0.51,
  heldOut: 0.4,
  twoHop: 0.25,
};

describe("a sweep's table", () => {
  it("survives being written and read", async () => {
    const rows = [ROW, { ...ROW, width: 256 }];
    expect(parseSweepCsv(sweepCsv(rows))).toEqual(rows);
    const directory = mkdtempSync(join(tmpdir(), "errata-sweep-table-"));
    expect(await readSweep(directory)).toEqual([]);
    writeFileSync(join(directory, "sweep.csv"), sweepCsv(rows));
    expect(await readSweep(directory)).toEqual(rows);
  });

  it("has a line of Markdown for each run", () => {
    expect(sweepTable([ROW]).split("\n")[2]).toBe(
      "| 192 | 6 | 0.0015 | 3,468,288 | 1.235 | 51.0 % | 40.0 % | 25.0 % |",
    );
  });
});
