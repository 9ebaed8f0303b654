import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createStyle } from "../../../src/cli/style.ts";
import type { EvaluationReport } from "../../../src/eval/report.ts";
import { withoutTimes } from "../../eval/support/tiny-evaluation.ts";
import { openCli, type TestCli } from "../support/cli.ts";

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
  const edits = ["France", "Norway", "Spain", "Japan", "Chad", "Peru"].map((subject) =>
    JSON.stringify({
      prompt: `The capital of ${subject} is`,
      subject,
      target: "Oslo",
      paraphrases: [`The book of ${subject} is`],
      locality: ["The river of the city is"],
    }),
  );
  await writeFile(join(cli.directory, "edits.jsonl"), edits.join("\n"));
});
afterEach(() => cli.close());

const EVALUATE = [
  ...["eval", "--data", "edits.jsonl", "--model", "models/tiny", "--no-sequential"],
  ...["--json", "--set", "radius=1"],
];

describe("errata eval with workers", () => {
  it.each([
    ["each edit alone", []],
    ["edits in one batch", ["--batch", "6"]],
  ])("measures what one process measures of %s", async (_, batch) => {
    const alone = await cli.run(...EVALUATE, ...batch, "--workers", "1");
    const shared = await cli.run(...EVALUATE, ...batch, "--workers", "2");
    const [one, two] = [alone, shared].map(({ json }) => json() as EvaluationReport) as [
      EvaluationReport,
      EvaluationReport,
    ];
    expect(one.properties.accuracy.freeRunning?.mean).toBe(1);
    expect([one.known, one.efficiency.workers, two.efficiency.workers]).toEqual([6, 1, 2]);
    expect(withoutTimes(two)).toEqual(withoutTimes(one));
  });

  it("keeps what workers have measured, to go on from", async () => {
    const journal = join(cli.directory, "kept", "cases.jsonl");
    const interrupt = new AbortController();
    const stopped = await cli.runWith(
      {
        signal: interrupt.signal,
        terminal: {
          write: () => undefined,
          writeError: (text) => {
            if (text.includes("one by one 2/6")) interrupt.abort();
          },
          live: true,
          style: createStyle(false),
          askText: null,
        },
      },
      ...EVALUATE,
      ...["--workers", "2", "--out", "kept"],
    );
    expect(stopped.exit).toBe(130);
    const kept = await readFile(journal, "utf8");
    // The first line says what is measured; a line for each case follows.
    const measured = kept.trim().split("\n").length - 1;
    expect(measured).toBeGreaterThanOrEqual(2);
    const resumed = await cli.run(...EVALUATE, "--resume", "--workers", "1", "--out", "kept");
    const added = (await readFile(journal, "utf8")).slice(kept.length);
    expect(added.trim().split("\n")).toHaveLength(6 - measured);
    const whole = await cli.run(...EVALUATE, "--workers", "1");
    const [one, two] = [resumed, whole].map(({ json }) => json() as EvaluationReport) as [
      EvaluationReport,
      EvaluationReport,
    ];
    expect(withoutTimes(one)).toEqual(withoutTimes(two));
  });

  it("does not go on where the model was calibrated since, which its digest does not tell", async () => {
    await cli.run(...EVALUATE, "--workers", "1", "--out", "kept");
    const facts = JSON.stringify({ prompt: "The capital of France is", subject: "France" });
    await writeFile(join(cli.directory, "facts.jsonl"), facts);
    const traced = await cli.run("trace", "--model", "tiny", "--facts", "facts.jsonl", "--calibrate");
    expect(traced.exit).toBe(0);
    const resumed = await cli.run(...EVALUATE, "--resume", "--workers", "1", "--out", "kept");
    expect(resumed.exit).toBe(2);
    expect(resumed.json()).toMatchObject({ error: { param: "--resume" } });
  });
});
