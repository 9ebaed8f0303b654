import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCli, type TestCli } from "../../support/cli.ts";

let cli: TestCli;

beforeAll(async () => {
  cli = await openCli();
});
afterAll(() => cli.close());

const kept = (name: "corpus" | "probes"): Promise<string> =>
  readFile(join(cli.directory, "models", "tiny", "stats", `${name}.jsonl`), "utf8");

const give = async (...options: string[]) => {
  const run = await cli.run("model", "texts", "tiny", ...options, "--json");
  expect(run.exit, run.err).toBe(0);
  return {
    ...(run.json() as { written: number; corpus: number; probes: number }),
    corpusFile: await kept("corpus"),
  };
};

describe("errata model texts", () => {
  it("lets the model write, the same texts for the same seed and others for another", async () => {
    const first = await give();
    expect(first.written).toBeGreaterThan(0);
    expect(first.corpusFile.trim().split("\n")).toHaveLength(first.corpus);
    const probes = await kept("probes");
    expect(probes.trim().split("\n")).toHaveLength(first.probes);
    expect(await give()).toEqual(first);
    expect(await kept("probes")).toBe(probes);
    expect((await give("--seed", "1")).corpusFile).not.toBe(first.corpusFile);
  });

  it("keeps given texts in their place, which statistics then are taken over", async () => {
    const lines = Array.from({ length: 12 }, (_, i) => `The river of the city of number ${i} is long.`);
    await writeFile(join(cli.directory, "texts.txt"), lines.join("\n\n"));
    await writeFile(
      join(cli.directory, "probes.jsonl"),
      ["book", "river", "capital"].map((what) => `{"text":"The ${what} of the city is unknown."}\n`).join(""),
    );
    const given = await give("--corpus", "texts.txt", "--probes", "probes.jsonl");
    expect(given.written).toBe(0);
    for (const line of given.corpusFile.trim().split("\n")) {
      const { prompt, answer } = JSON.parse(line) as { prompt: string; answer: string };
      expect(lines.some((text) => text.includes(prompt + answer))).toBe(true);
    }
    expect(await kept("probes")).toContain("The book");
    const stats = await cli.run("model", "stats", "tiny", "--json");
    expect(stats.exit, stats.err).toBe(0);
    expect(JSON.stringify(stats.json())).toContain(`"states":${given.corpus}`);
  });

  it("refuses probes that tell no distance, and leaves the model as it can be read", async () => {
    await writeFile(join(cli.directory, "one.txt"), "The author of it");
    const one = await cli.run("model", "texts", "tiny", "--probes", "one.txt", "--json");
    expect(one.json()).toMatchObject({ error: { code: "too_few_samples" } });
    expect((await cli.run("model", "inspect", "tiny")).exit).toBe(0);
  });

  it("names a file that is not there, or holds nothing", async () => {
    const missing = await cli.run("model", "texts", "tiny", "--corpus", "nowhere.txt", "--json");
    expect(missing.exit).toBe(4);
    expect(missing.json()).toMatchObject({ error: { message: expect.stringContaining("nowhere.txt") } });
    await writeFile(join(cli.directory, "blank.txt"), "\n \n");
    const blank = await cli.run("model", "texts", "tiny", "--corpus", "blank.txt", "--json");
    expect(blank.exit).toBe(2);
    expect(blank.json()).toMatchObject({ error: { message: expect.stringContaining("blank.txt") } });
  });
});
