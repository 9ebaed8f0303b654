import { expect, it } from "vitest";
import { reportLabels } from "../../../src/eval/report/report-labels.ts";
import { reportOf } from "../support/reports.ts";

const labels = (...fields: Parameters<typeof reportOf>[1][]) =>
  reportLabels(fields.map((field) => reportOf(undefined, field)));

it("names reports by method, else by settings, else by model and data, else by number", () => {
  expect(labels({}, { method: "rome" })).toEqual(["grace", "rome"]);
  expect(labels({}, { settings: { radius: "3" } })).toEqual(["grace", "grace radius=3"]);
  expect(labels({}, { data: "zsre" })).toEqual(["grace, world, world", "grace, world, zsre"]);
  expect(labels({}, {})).toEqual(["grace (1)", "grace (2)"]);
});
