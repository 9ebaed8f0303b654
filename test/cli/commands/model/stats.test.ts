import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { randomTexts } from "../../../edit/support/random-texts.ts";
import { openCli, type TestCli } from "../../support/cli.ts";

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

const STATS = ["model", "stats", "tiny", "--corpus", "corpus.jsonl"];

const writeCorpus = (texts: number) =>
  writeFile(
    join(cli.directory, "corpus.jsonl"),
    randomTexts(texts)
      .map((text) => JSON.stringify(text))
      .join("\n"),
  );

describe("errata model stats", () => {
  it("takes the moments of the blocks that can be edited, with progress, and finds them again", async () => {
    await writeCorpus(300);
    const first = await cli.run(...STATS, "--json");
    expect(first).toMatchObject({
      exit: 0,
      err: expect.stringContaining("gathering states (once, kept for later edits) 300/300"),
    });
    expect(first.json()).toMatchObject({
      positions: "last-prompt",
      layers: [{ layer: 1, states: 300, size: 64, rank: 64 }],
    });
    const again = await cli.run(...STATS, "--json");
    expect(again.json()).toEqual(first.json());
    expect(again.err).not.toContain("gathering");
  });

  it("takes the blocks and positions asked for", async () => {
    await writeCorpus(80);
    const { exit, out } = await cli.run(...STATS, "--layers", "0,2", "--positions", "all");
    expect(exit).toBe(0);
    expect(out).toMatch(/BLOCK {2}STATES {2}SIZE {2}RANK {2}MEAN SQUARE\n0 .*\n2 /);
  });

  it.each([
    [["--layers", "7"], 2, "0 to 2"],
    [["--layers", "x"], 2, "--layers"],
    [["--positions", "first"], 2, "all, last-prompt, answer"],
    [["--corpus", "absent.txt"], 4, "absent.txt"],
  ])("refuses %j", async (options, exit, message) => {
    await writeCorpus(5);
    const run = await cli.run(...STATS, ...options, "--json");
    expect(run.exit).toBe(exit);
    expect(run.json()).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });

  it("says what to give where a model has no texts of its own", async () => {
    const { exit, json } = await cli.run("model", "stats", "tiny", "--json");
    expect(exit).toBe(4);
    expect(json()).toMatchObject({
      error: { code: "file_not_found", message: expect.stringContaining("errata model texts") },
    });
  });
});
