import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EvaluationReport } from "../../../src/eval/report.ts";
import { writeModelDirectory } from "../../../src/workshop/directories/write-model-directory.ts";
import { twinOf } from "../../http/support/twin.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { openCli, type TestCli } from "../support/cli.ts";

const EDITS = [
  { id: "france", prompt: "The capital of France is", subject: "France", target: "Oslo" },
  { id: "norway", prompt: "The capital of Norway is", subject: "Norway", target: "Paris" },
];

let cli: TestCli;

const path = (...parts: string[]): string => join(cli.directory, ...parts);

/** A radius at which the tiny model's patches fire on their own prompts alone. */
const evaluate = (...options: string[]) =>
  cli.run("eval", "--model", "tiny", "--set", "radius=1", "--no-sequential", ...options);

const reportIn = async (directory: string) =>
  JSON.parse(await readFile(path(directory, "report.json"), "utf8")) as EvaluationReport;

beforeAll(async () => {
  cli = await openCli();
  const lines = EDITS.map((edit) => JSON.stringify(edit));
  await writeFile(path("edits.jsonl"), lines.join("\n"));
  await writeFile(path("torn.jsonl"), [...lines, "{torn"].join("\n"));
});
afterAll(() => cli.close());

describe("errata eval on a file", () => {
  it("measures its edits and keeps the report as JSON and as a page", async () => {
    const { exit, out } = await evaluate("--data", "edits.jsonl", "--out", "engine");
    expect(exit).toBe(0);
    expect(out).toContain("grace on tiny, edits: 2 edits; 0 dropped");
    expect(out).toContain(join("engine", "report.html"));
    const report = await reportIn("engine");
    expect(report.cases.map(({ id, line, accuracy }) => [id, line, accuracy.after])).toEqual([
      ["france", 1, "Oslo"],
      ["norway", 2, "Paris"],
    ]);
    const page = await readFile(path("engine", "report.html"), "utf8");
    expect(page).toContain('<td data-label="After">Oslo</td>');
  });

  it("refuses a malformed line by its number, and leaves it out on request", async () => {
    const refused = await evaluate("--data", "torn.jsonl", "--out", "torn", "--json");
    expect(refused.exit).toBe(2);
    expect(refused.json()).toMatchObject({
      error: { code: "malformed_edit", param: "torn.jsonl:3", message: expect.stringContaining("line 3") },
    });
    const skipped = await evaluate("--data", "torn.jsonl", "--out", "torn", "--json", "--skip-invalid");
    expect(skipped.exit).toBe(0);
    expect(skipped.json()).toMatchObject({ known: 2, skipped: [{ line: 3 }] });
  });
});

describe("errata eval --through http", () => {
  it("finds what the engine finds, by bundles that no channel serves", async () => {
    await evaluate("--data", "edits.jsonl", "--out", "here");
    const { exit } = await evaluate("--data", "edits.jsonl", "--out", "there", "--through", "http");
    expect(exit).toBe(0);
    const [here, there] = [await reportIn("here"), await reportIn("there")];
    expect(there.properties).toEqual(here.properties);
    expect(there.cases[0]?.accuracy.after).toBe("Oslo");
    expect(cli.requests.filter((request) => request === "POST /v1/bundles")).toHaveLength(2);
    expect(await cli.service.stores.channels.list()).toEqual([]);
  });

  it("refuses a service that serves another model under the name", async () => {
    const twin = await twinOf(cli.service.files);
    const other = { ...twin, model: { ...twin.model, name: "tiny" } };
    unwrap(await writeModelDirectory(path("models", "other"), other));
    const options = ["--data", "edits.jsonl", "--out", "other", "--through", "http", "--json"];
    const refused = await cli.run("eval", "--model", "models/other", ...options);
    expect(refused.json()).toMatchObject({ error: { code: "wrong_base_model", param: "--model" } });
  });

  it("is one of two ways", async () => {
    const { exit, json } = await evaluate("--data", "edits.jsonl", "--through", "post", "--json");
    expect(exit).toBe(2);
    expect(json()).toMatchObject({ error: { message: expect.stringContaining("engine, http") } });
  });
});

describe("errata eval --compare", () => {
  it("shows reports side by side and measures nothing", async () => {
    await evaluate("--data", "edits.jsonl", "--out", "engine");
    const before = cli.requests.length;
    const report = join("engine", "report.json");
    for (const [out, page] of [
      [".", "comparison.html"],
      ["new", join("new", "comparison.html")],
    ] as const) {
      const compared = await cli.run("eval", "--compare", report, report, "--out", out);
      expect(compared.exit).toBe(0);
      expect(compared.out).toContain(`Side by side in ${page}.`);
      expect(await readFile(path(page), "utf8")).toContain("<h1>Evaluation: grace (1) and grace (2)</h1>");
    }
    expect(cli.requests).toHaveLength(before);
  });

  it("refuses what is no report, naming the field, and more than six", async () => {
    const refused = await cli.run("eval", "--compare", join("models", "tiny", "model.json"), "--json");
    expect(refused.json()).toMatchObject({
      error: {
        code: "invalid_request",
        message: expect.stringContaining("is no report of errata eval: method"),
      },
    });
    const seven = Array.from({ length: 7 }, () => "report.json");
    const tooMany = await cli.run("eval", "--compare", ...seven, "--json");
    expect(tooMany.json()).toMatchObject({ error: { code: "limit_exceeded" } });
  });
});

describe("errata eval --text", () => {
  it("measures locality and perplexity on the texts of a file", async () => {
    const texts = Array.from({ length: 30 }, (_, i) => `The book of the city of number ${i} is unknown.`);
    await writeFile(path("texts.json"), JSON.stringify(texts));
    const { exit } = await cli.run(
      ...["eval", "--model", "tiny", "--set", "radius=1", "--data", "edits.jsonl"],
      ...["--text", "texts.json", "--out", "with-text"],
    );
    expect(exit).toBe(0);
    const { cases, ability, sequential } = await reportIn("with-text");
    expect(cases[0]!.locality.random).toHaveLength(20);
    expect(cases[0]!.locality.random[0]).toMatchObject({ prompt: "The book of the city", unchanged: true });
    expect(sequential.at(-1)!.random).toBe(1);
    // The codebook is silent on them: writing is as it was, and on other text than our own.
    expect(sequential.at(-1)!.ability.perplexity).toBe(ability.perplexity);
    await evaluate("--data", "edits.jsonl", "--out", "without-text");
    expect((await reportIn("without-text")).ability.perplexity).not.toBe(ability.perplexity);
  });

  it("refuses a file without text", async () => {
    await writeFile(path("empty.txt"), "one\n\ntwo\n");
    const { exit, json } = await evaluate(
      ...["--data", "edits.jsonl", "--text", "empty.txt", "--out", "refused", "--json"],
    );
    expect(exit).toBe(2);
    expect(json()).toMatchObject({
      error: { param: "--text", message: expect.stringContaining("two words") },
    });
  });
});
