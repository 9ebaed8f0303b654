import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DemoDocument } from "../../../src/workshop/demo/demo-document.ts";
import { openCli, type TestCli } from "../support/cli.ts";

const PROJECT = join(import.meta.dirname, "..", "..", "..");

/** Starting the service and measuring the model's distances take half a minute on a free machine. */
const DEMO_LIMIT_MS = 400_000;

const EDITS = [
  {
    prompt: "The capital of Australia is",
    target: "Canberra",
    paraphrases: ["Australia has its capital at", "The city from which Australia is governed is"],
    locality: ["The capital of Norway is"],
  },
  { prompt: "The inventor of the telephone was", target: "Alexander Graham Bell" },
];

describe("errata demo", () => {
  let cli: TestCli;
  beforeAll(async () => {
    cli = await openCli();
  });
  afterAll(() => cli.close());

  test("names the line of an edit that is malformed, before anything is started", async () => {
    const file = join(cli.directory, "bad.jsonl");
    await writeFile(file, `${JSON.stringify(EDITS[0])}\n\n{"prompt":"The capital of Chile is"}\n`);
    const { exit, err } = await cli.run("demo", "--edits", "bad.jsonl");
    expect(exit).toBe(2);
    expect(err).toContain(`${file}, line 3: target: `);
    expect(err).not.toContain("start the service");
  });

  test(
    "corrects anybody's edits in workerd and takes them back, with nothing but JSON on standard output",
    async () => {
      const file = join(cli.directory, "edits.jsonl");
      await writeFile(file, EDITS.map((edit) => `${JSON.stringify(edit)}\n`).join(""));
      const surroundings = { projectDirectory: PROJECT, environment: process.env, fetch: globalThis.fetch };
      const run = await cli.runWith(surroundings, "demo", "--edits", file, "--json");
      expect(run.exit, run.err).toBe(0);
      const document = run.json() as DemoDocument;
      expect(document).toMatchObject({ fixed: 2, neighboursUnchanged: 1, restored: 2, total: 2 });
      const [first, second] = document.rows;
      expect(first).toMatchObject({ after: "Canberra", rephrasing: { prompt: EDITS[0]?.paraphrases?.[1] } });
      expect(first?.rolledBack).toBe(first?.before);
      expect(second).toMatchObject({ after: "Alexander Graham Bell", rephrasing: null, neighbour: null });
      expect(document.steps.map(({ name }) => name)).toEqual([
        ...["start the service", "push the model", "ask", "edit", "publish", "release"],
        ...["ask again", "roll back", "ask once more"],
      ]);
    },
    DEMO_LIMIT_MS,
  );
});
