import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readModelDirectory } from "../../../src/workshop/directories/model-directory.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { openCli, type TestCli } from "../support/cli.ts";

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
  const facts = ["France", "Norway"].map((subject) => ({ prompt: `The capital of ${subject} is`, subject }));
  await writeFile(join(cli.directory, "facts.jsonl"), facts.map((fact) => JSON.stringify(fact)).join("\n"));
});
afterEach(() => cli.close());

const TRACE = ["trace", "The capital of France is", "--model", "tiny"];
const AVERAGE = ["trace", "--model", "tiny", "--facts", "facts.jsonl"];

describe("errata trace", () => {
  it("shows one fact by tokens and blocks, and draws it", async () => {
    const { exit, out } = await cli.run(...TRACE, "--subject", "France", "--out", "trace.svg");
    expect(exit).toBe(0);
    for (const title of ["Block output", "FFN", "Attention", "Heatmap in trace.svg."])
      expect(out).toContain(title);
    const svg = await readFile(join(cli.directory, "trace.svg"), "utf8");
    const tokens = svg.match(/<text class="(?:title|ink)"[^>]* text-anchor="end"/g)!.length;
    expect(svg.match(/<rect [^>]*><title>/g)).toHaveLength(3 * 3 * tokens);
  });

  it("makes the folder of its plot, and refuses a folder in the plot's place before it works", async () => {
    await mkdir(join(cli.directory, "plots"));
    const there = await cli.run(...TRACE, "--subject", "France", "--out", "plots", "--json");
    expect(there.exit).toBe(2);
    expect(there.json()).toMatchObject({
      error: { param: "--out", message: expect.stringContaining("is a directory") },
    });
    const nested = await cli.run(...TRACE, "--subject", "France", "--out", "new/trace.svg");
    expect(nested.exit).toBe(0);
    expect(await readFile(join(cli.directory, "new", "trace.svg"), "utf8")).toContain("<svg");
  });

  it("gives machines every number", async () => {
    const { json } = await cli.run(...TRACE, "--subject", "France", "--json");
    const document = json() as { tokens: string[]; effects: Record<string, number[][]> };
    expect(document).toMatchObject({ subject: "France", window: 1, seed: 1, out: null });
    expect(Object.keys(document.effects)).toEqual(["residual", "ffn", "attention"]);
    expect(document.effects.ffn).toHaveLength(document.tokens.length);
  });

  it("lists the neurons of a prompt and its paraphrases", async () => {
    const paraphrases = ["--neurons", "--paraphrases", "France has the capital"];
    const { exit, json } = await cli.run(...TRACE, "--subject", "France", ...paraphrases, "--json");
    expect(exit).toBe(0);
    const { neurons } = json() as { neurons: { block: number; unit: number; attribution: number }[] };
    for (const { block, unit } of neurons) {
      expect(block).toBeLessThan(3);
      expect(unit).toBeLessThan(64);
    }
    const attributions = neurons.map(({ attribution }) => attribution);
    expect(attributions).toEqual(attributions.toSorted((a, b) => b - a));
  });

  it("says what the neurons are and which of them no patch can move", async () => {
    const { out, exit } = await cli.run(...TRACE, "--subject", "France", "--neurons");
    expect(exit).toBe(0);
    expect(out).toMatch(
      /Knowledge neurons: \d+ FFN units? at the last prompt token that carry ".*", above 0\.2 /,
    );
    expect(out).toMatch(/BLOCK +UNIT +ATTRIBUTION\n\d/);
    // The tiny model takes low-rank patches at block 1's down-projection alone.
    expect(out).toMatch(/No patch moves units of block [02, ]+: tiny has no low-rank hook/);
  });

  it("averages facts, and writes what follows into model.json only when asked to", async () => {
    const directory = join(cli.directory, "models", "tiny");
    const before = unwrap(await readModelDirectory(directory));
    const looked = await cli.run(...AVERAGE, "--json");
    expect(looked.exit).toBe(0);
    expect(unwrap(await readModelDirectory(directory)).model.trace).toBeUndefined();
    const calibrated = await cli.run(...AVERAGE, "--calibrate");
    expect(calibrated.out).toMatch(/Advised edit site: the FFN of block \d .*Written to model\.json\./);
    const after = unwrap(await readModelDirectory(directory));
    expect(after.digest).toBe(before.digest);
    const {
      model: _,
      unknown,
      calibrated: __,
      out: ___,
      ...trace
    } = looked.json() as Record<string, unknown>;
    expect(after.model.trace).toEqual(trace);
    expect(unknown).toBe(0);
    expect(trace).toMatchObject({ facts: 2, lookup: expect.stringMatching(/^(subject|prompt)-last$/) });
  });

  it.each([
    [TRACE, 2, "--subject"],
    [[...TRACE, "--subject", "Norway"], 2, "does not hold the subject"],
    [[...TRACE, "--subject", "France", "--facts", "facts.jsonl"], 2, "not both"],
    [[...TRACE, "--subject", "France", "--calibrate"], 2, "leave the prompt out"],
    [["trace", "--subject", "France"], 2, "give the prompt too"],
    [["trace", "--neurons"], 2, "give it too"],
    [["trace", "--model", "tiny"], 4, "--facts"],
    [[...AVERAGE, "--limit", "0"], 2, "--limit"],
  ])("refuses %j", async (options, exit, message) => {
    const run = await cli.run(...options, "--json");
    expect(run.exit).toBe(exit);
    expect(run.json()).toMatchObject({ error: { message: expect.stringContaining(message) } });
  });

  it("names a line of facts that is none", async () => {
    await writeFile(join(cli.directory, "bad.jsonl"), '{"prompt":"P is","subject":"P"}\n{"prompt":"P"}\n');
    const { exit, json } = await cli.run("trace", "--model", "tiny", "--facts", "bad.jsonl", "--json");
    expect(exit).toBe(2);
    expect(json()).toMatchObject({ error: { message: expect.stringContaining("line 2") } });
  });
});
