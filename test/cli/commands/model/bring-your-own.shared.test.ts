import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EvaluationReport } from "../../../../src/eval/report.ts";
import { openCli, type TestCli } from "../../support/cli.ts";

const PROJECT = join(import.meta.dirname, "..", "..", "..", "..");
const EXPORT = join(PROJECT, "..", "shared", "models", "stories260k");
const STORIES = join(PROJECT, "..", "shared", "data", "tinystories", "tinystories.json");
const present = existsSync(EXPORT) && existsSync(STORIES);
if (!present) console.warn(`skipped: ${EXPORT} or ${STORIES} is not here`);

/** The worked example, whose edits and commands are run as they are written. */
const guide = readFileSync(join(PROJECT, "docs", "models.md"), "utf8");
const edits = /<<'EOF'\n([\s\S]*?)EOF/.exec(guide)![1]!;
const commands = [...guide.matchAll(/^npx errata (eval .*)$/gm)].map(([, command]) => command!.split(" "));

let cli: TestCli;

beforeAll(async () => {
  if (!present) return;
  cli = await openCli();
  const stories = JSON.parse(readFileSync(STORIES, "utf8")) as readonly string[];
  const lines = stories.slice(0, 40).map((story) => story.replace(/\s+/g, " "));
  await writeFile(join(cli.directory, "story-edits.jsonl"), edits);
  await writeFile(join(cli.directory, "stories.txt"), lines.join("\n"));
  const { exit, err } = await cli.run("model", "prepare", EXPORT, "--name", "stories");
  expect(exit, err).toBe(0);
});
afterAll(() => cli?.close());

describe.skipIf(!present)("a stranger's model without files of its own", () => {
  it("has a command for each of four methods, and ten edits", () => {
    expect(commands.map((words) => words[words.indexOf("--method") + 1])).toEqual([
      ...["grace", "t-patcher", "rome", "memit"],
    ]);
    expect(edits.trim().split("\n")).toHaveLength(10);
  });

  it.each(commands.map((words) => [words[words.indexOf("--method") + 1]!, words] as const))(
    "takes the guide's edits by %s, each of which holds, measured on text",
    async (method, words) => {
      const { exit, err } = await cli.run(...words, "--out", method);
      expect(exit, err).toBe(0);
      const file = join(cli.directory, method, "report.json");
      const report = JSON.parse(readFileSync(file, "utf8")) as EvaluationReport;
      expect(report.cases.filter(({ accuracy }) => !accuracy.correct)).toEqual([]);
      expect(report.cases).toHaveLength(10);
      const last = report.sequential.at(-1)!;
      expect(last.random).not.toBeNull();
      expect(report.ability.perplexity).toBeGreaterThan(1);
      expect(last.ability.perplexity!).toBeLessThan(1.6 * report.ability.perplexity!);
      // A codebook is silent away from its edits; the others are not promised to be.
      if (method === "grace") expect(last).toMatchObject({ accuracy: 1, random: 1 });
    },
    60_000,
  );
});
