import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseEdits } from "../../../src/core/edit/parse-edits.ts";
import { evenlySpaced } from "../../../src/core/evenly-spaced.ts";
import { readWorldFacts } from "../../../src/eval/data/world-facts.ts";
import { factKey, promptOf } from "../../../src/world/facts/facts.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { openCli, type TestCli } from "../support/cli.ts";

const WORLD = resolve(import.meta.dirname, "../../../models/world");

/** Facts of each kind that are asked: enough for a share, few enough for a test. */
const ASKED = 20;

let cli: TestCli;
let directory: string;

/** Some of the documented mistakes, then as many right facts that the default model was taught. */
const someFacts = async (): Promise<readonly string[]> => {
  const mistakes = (await readFile(join(WORLD, "mistakes.jsonl"), "utf8")).trim().split("\n");
  const wrong = new Set(
    mistakes.map((line) => {
      const { relation, subject } = JSON.parse(line) as { relation: string; subject: string };
      return factKey(relation, subject);
    }),
  );
  const { facts, holdOut } = unwrap(readWorldFacts());
  const right = facts.filter((fact) => !wrong.has(factKey(fact.relation.name, fact.subject)));
  const lines = evenlySpaced(right, ASKED).map((fact) => ({
    relation: fact.relation.name,
    prompt: promptOf(fact, holdOut.trained(fact)[0]!),
    subject: fact.subject,
    target: fact.object,
  }));
  return [...evenlySpaced(mistakes, ASKED), ...lines.map((line) => JSON.stringify(line))];
};

beforeAll(async () => {
  cli = await openCli();
  directory = await mkdtemp(join(tmpdir(), "errata-assess-"));
  await writeFile(join(directory, "facts.jsonl"), `${(await someFacts()).join("\n")}\n`);
});
afterAll(async () => {
  await cli.close();
  await rm(directory, { recursive: true });
});

interface Document {
  readonly notKnown: number;
  readonly found: { readonly found: number; readonly mistaken: number };
  readonly facts: readonly { readonly score: number; readonly known: boolean }[];
}

const assess = (...options: string[]) =>
  cli.runWith({ workingDirectory: directory }, "assess", "facts.jsonl", "--model", WORLD, ...options);

describe("errata assess", () => {
  it("finds the default model's mistakes among right facts, and writes them as edits", async () => {
    const { exit, json, err } = await assess("--wrong-only", "--out", "wrong.jsonl", "--json");
    expect(exit).toBe(0);
    const { notKnown, found, facts } = json() as Document;
    expect(found.found).toBe(ASKED);
    // The model recalls 98 % of its right facts; what it has forgotten is rightly not known.
    expect(found.mistaken).toBeLessThanOrEqual(2);
    expect(facts).toHaveLength(notKnown);
    expect(facts.map(({ score }) => score)).toEqual(facts.map(({ score }) => score).sort((a, b) => a - b));
    expect(err).toContain(`assessing facts ${2 * ASKED}/${2 * ASKED}`);
    const written = parseEdits(await readFile(join(directory, "wrong.jsonl"), "utf8"), "wrong.jsonl");
    expect(unwrap(written)).toHaveLength(notKnown);
  });

  it("says in words what is known, and how many mistakes the paper's contrast alone would find", async () => {
    const { out } = await assess("--by", "relations", "--probability", "first");
    expect(out).toMatch(/CKA +RELATIONS +OBJECTS/);
    const [, found] = /Of 20 facts marked as taught wrong, (\d+) found/.exec(out) ?? [];
    expect(Number(found)).toBeLessThan(ASKED / 2);
  });

  it("refuses what it cannot read", async () => {
    await copyFile(join(directory, "facts.jsonl"), join(directory, "contrasts.jsonl"));
    const contrasts = await assess("--contrasts", "contrasts.jsonl");
    expect(contrasts.exit).toBe(2);
    expect(contrasts.err).toContain("contrasts.jsonl, line 1: prompt: expected {} in place of the subject");
    expect((await assess("--out", "wrong.jsonl")).err).toContain("give --wrong-only");
    expect((await assess("--alpha", "2")).exit).toBe(2);
  });
});
