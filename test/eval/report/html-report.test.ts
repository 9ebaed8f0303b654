import { describe, expect, it } from "vitest";
import { htmlReport, MAX_COMPARED } from "../../../src/eval/report/html-report.ts";
import { unclosed } from "../../plot/support/unclosed.ts";
import { reportOf } from "../support/reports.ts";
import { caseResult, kept, targeted } from "../support/results.ts";

const count = (page: string, part: string): number => page.split(part).length - 1;

const titles = (page: string): string[] => [...page.matchAll(/<h3>([^<]*)<\/h3>/g)].map((match) => match[1]!);

describe("the HTML report", () => {
  it("needs nothing from outside, and says so to the browser", () => {
    const page = htmlReport([reportOf()]);
    expect(page).not.toMatch(/(?:src|href)=|url\(|@import|https?:/);
    expect(page).toContain("default-src 'none'");
  });

  it("closes every element that it opens", () => {
    expect(unclosed(htmlReport([reportOf(), reportOf(undefined, { method: "rome" })]))).toEqual([]);
  });

  it("holds every prompt with the text before and after, and whether it holds", () => {
    const page = htmlReport([
      reportOf([
        caseResult({
          id: "france",
          accuracy: targeted({
            prompt: "France's capital is",
            before: "Paris",
            after: "Rome and",
            correct: false,
          }),
        }),
      ]),
    ]);
    expect(page).toContain(
      '<tr data-property="accuracy" data-holds="false"><td data-label="Edit">france</td><td data-label="Measures">accuracy<small>prompt</small></td>' +
        '<td data-label="Prompt">France&#39;s capital is</td><td data-label="Before">Paris</td><td data-label="After">Rome and</td><td data-label="Expected">Rome</td>',
    );
    expect(count(page, "<tr data-property=")).toBe(5);
  });

  it("shows markup in answers as text", () => {
    const after = '<script>alert("x")</script>';
    const page = htmlReport([reportOf([caseResult({ accuracy: targeted({ after }) })])]);
    expect(page).not.toContain(after);
    expect(page).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
  });

  it("plots properties, retention and locality, each with a title and a description for who does not see it", () => {
    const near = { nearest: { distance: 1, radius: 2 } };
    const page = htmlReport([
      reportOf([caseResult({ locality: { neighbours: [kept(near)], sameSubject: [], random: [] } })]),
    ]);
    expect(titles(page)).toEqual([
      "Properties, free-running",
      "Properties, teacher-forced",
      "Retention against T edits",
      "Locality against T edits",
      "Locality against radius",
    ]);
    const labelled = [...page.matchAll(/aria-labelledby="([^"]+)"/g)];
    expect(labelled).toHaveLength(5);
    for (const [, label] of labelled)
      for (const id of label!.split(" ")) expect(count(page, ` id="${id}"`)).toBe(1);
    expect(page).toContain("grace: 100.0 % at 1");
  });

  it("leaves out plots that nothing was measured for", () => {
    const page = htmlReport([reportOf(undefined, { sequential: [] })]);
    expect(titles(page)).toEqual(["Properties, free-running", "Properties, teacher-forced"]);
  });

  it("draws no properties of a sequence alone", () => {
    const page = htmlReport([reportOf([])]);
    expect(titles(page)).toEqual(["Retention against T edits", "Locality against T edits"]);
  });

  it("has no heading over nothing", () => {
    const page = htmlReport([reportOf([], { sequential: [], figures: {} })]);
    expect([...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map((match) => match[1])).toEqual(["Cost and ability"]);
    expect(page).not.toContain("<svg");
    expect(page).toContain("<script></script>");
  });

  it("compares as many reports as there are colours, each with its own", () => {
    const reports = Array.from({ length: MAX_COMPARED }, (_, n) =>
      reportOf(undefined, { settings: { radius: String(n) } }),
    );
    const page = htmlReport(reports);
    for (let n = 0; n < MAX_COMPARED; n++) {
      expect(page).toContain(`<rect class="s${n}"`);
      expect(page).toContain(`.s${n}{`);
    }
    expect(page).not.toContain(`class="s${MAX_COMPARED}"`);
  });

  it("draws a bar for each method as high as its share, with its interval", () => {
    const half = { mean: 0.5, low: 0.25, high: 0.75 };
    const figures = { "accuracy.exactMatch": half };
    const page = htmlReport([
      reportOf(undefined, { figures }),
      reportOf(undefined, {
        figures: { "accuracy.exactMatch": { mean: 1, low: 1, high: 1 } },
        method: "rome",
      }),
    ]);
    expect(page).toContain("<title>grace, accuracy: 50.0 % (25.0 % to 75.0 %)</title>");
    const heights = [...page.matchAll(/<rect class="s[01]"[^>]* height="([\d.]+)"/g)].map((match) =>
      Number(match[1]),
    );
    expect(heights).toEqual([116, 232]);
  });

  it("says every interval: of the sequence, of the costs, of the perplexity", () => {
    const page = htmlReport([reportOf()]);
    expect(page).toMatch(/<path class="interval" d="M[\d.]+ [\d.]+V[\d.]+"\/><circle/);
    expect(page).toContain("0.500 s (0.400 s to 0.600 s)");
    expect(page).toContain("12.50 (11.00 to 14.00)");
  });

  it("names the method of every row where there are several", () => {
    const page = htmlReport([reportOf(), reportOf(undefined, { method: "rome" })]);
    expect(page).toContain("<title>Evaluation: grace and rome</title>");
    expect(count(page, '<td data-label="Method">rome</td>')).toBe(5);
  });

  it("says which records of the data were left out", () => {
    const page = htmlReport([reportOf(undefined, { skipped: [{ line: 12, reason: "target: blank" }] })]);
    expect(page).toContain("<li>world, record 12: target: blank</li>");
  });
});
