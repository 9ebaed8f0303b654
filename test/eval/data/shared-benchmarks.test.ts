import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readDataFile } from "../../../src/eval/data/read-data-file.ts";

const DIRECTORY = resolve(import.meta.dirname, "../../../../shared/data");
const absent = !existsSync(DIRECTORY);
if (absent) console.warn(`skipped: the public benchmarks are not in ${DIRECTORY}`);

const read = (path: string, skipInvalid = false) =>
  readDataFile({ path, name: path, text: readFileSync(resolve(DIRECTORY, path), "utf8") }, skipInvalid);

describe.skipIf(absent)("the public benchmarks", () => {
  it("CounterFact: 3,919 cases, a neighbour with the old object each", () => {
    const data = read("counterfact/counterfact.json");
    if (!data.ok) throw new Error(data.problem.message);
    expect(data.value.cases).toHaveLength(3919);
    expect(data.value.cases.every(({ locality }) => locality.neighbours[0]?.answer !== null)).toBe(true);
    expect(data.value.cases[0]?.edit).toMatchObject({
      prompt: "The mother tongue of Danielle Darrieux is",
      target: "English",
      groundTruth: "French",
    });
  });

  it("zsRE: 13 records whose target is the right answer and one without a target are left out of 600", () => {
    const refused = read("zsre/zsre.json");
    expect(refused.ok ? null : refused.problem.message).toContain(
      'record 102: alt: "Carabidae" is the right answer',
    );
    const data = read("zsre/zsre.json", true);
    if (!data.ok) throw new Error(data.problem.message);
    expect(data.value.cases).toHaveLength(586);
    expect(data.value.skipped).toHaveLength(14);
    expect(data.value.skipped).toContainEqual({
      line: 535,
      reason: "alt: expected a text that is not blank",
    });
  });

  it("MQuAKE: 220 chains of four rewrites, three questions each", () => {
    const data = read("mquake/mquake-hard.json");
    if (!data.ok) throw new Error(data.problem.message);
    expect(data.value.cases).toHaveLength(220);
    expect(data.value.cases.every(({ alongside }) => alongside.length === 3)).toBe(true);
    expect(data.value.cases.every(({ portability }) => portability.length === 3)).toBe(true);
  });
});
