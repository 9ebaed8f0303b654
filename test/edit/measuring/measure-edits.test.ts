import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatEditReport, sideEffects } from "../../../src/cli/describe/edit-report.ts";
import { createStyle } from "../../../src/cli/style.ts";
import { grace } from "../../../src/edit/grace/grace.ts";
import { measureEdits } from "../../../src/edit/measuring/measure-edits.ts";
import { type MeasuredEdits, summarizeEdits } from "../../../src/edit/measuring/measured-edits.ts";
import type { EditingContext, EditOutcome } from "../../../src/edit/method.ts";
import { editOf, tinyContext } from "../support/tiny-context.ts";

const FOLLOWED = "The capital of Norway is in the city of";
const MISSED = "The author of Peru is";
const UNRELATED = "The book of Chile is";
const EDIT = editOf({
  prompt: "The capital of Norway is",
  subject: "Norway",
  target: "Oslo",
  paraphrases: [FOLLOWED],
});

let context: EditingContext;
let outcome: EditOutcome;
let measured: MeasuredEdits;

beforeAll(async () => {
  context = await tinyContext();
  const made = await grace.apply([EDIT], { layer: "2", radius: "0.05" }, context);
  if (!made.ok) throw new Error(made.problem.message);
  outcome = made.value;
  const asked = {
    ...EDIT,
    paraphrases: [],
    portability: [
      { prompt: FOLLOWED, answer: "Oslo" },
      { prompt: MISSED, answer: "Lima" },
    ],
    locality: [UNRELATED],
  };
  const probes = [FOLLOWED, MISSED, UNRELATED, "The capital of Chile is"].map((prompt) => ({
    prompt,
    subject: "",
    relation: "",
    phrasing: 0,
  }));
  const result = await measureEdits([asked], probes, { before: [], after: outcome.patches }, context);
  if (!result.ok) throw new Error(result.problem.message);
  measured = result.value;
});
afterAll(() => context.engine.release());

describe("measureEdits", () => {
  it("asks what should follow, and says of each whether it does", () => {
    expect(measured.edits[0]!.portability).toEqual([
      expect.objectContaining({ prompt: FOLLOWED, after: " Oslo", expected: " Oslo", followed: true }),
      expect.objectContaining({ prompt: MISSED, expected: " Lima", followed: false }),
    ]);
    expect(summarizeEdits(measured)).toMatchObject({ portability: 2, portabilityFollowed: 1 });
  });

  it("takes nothing that an edit names for a probe, so that what follows is no side effect", () => {
    expect([...measured.probes.map(({ prompt }) => prompt), ...measured.silentProbes]).toEqual([
      "The capital of Chile is",
    ]);
    expect(sideEffects(measured)).toEqual([]);
  });

  it("is reported with what does not follow, beside what was expected", () => {
    const report = formatEditReport(outcome, measured, summarizeEdits(measured), createStyle(false));
    expect(report).toContain("1 of 2 portability prompts answered as expected");
    const table = report.slice(report.indexOf("These do not follow:"));
    expect(table).toMatch(/The author of Peru is .* Lima/);
    expect(table).not.toContain(FOLLOWED);
  });

  it("lists a prompt that two edits must leave alone once", () => {
    const change = { prompt: UNRELATED, before: " a", after: " b" };
    const edit = { ...measured.edits[0]!, locality: [change] };
    expect(sideEffects({ ...measured, edits: [edit, edit] })).toEqual([change]);
  });
});
