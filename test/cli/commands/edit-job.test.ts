import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandContext } from "../../../src/cli/context.ts";
import { createStyle } from "../../../src/cli/style.ts";
import { listDirectory } from "../../../src/workshop/directories/files.ts";
import { RESULTS_FILE } from "../../../src/workshop/jobs/job-store.ts";
import { JOBS_DIRECTORY } from "../../../src/workshop/jobs/open-job.ts";
import { DEFAULT_KEY_FILE } from "../../../src/workshop/keys/signing-key.ts";
import { randomTexts } from "../../edit/support/random-texts.ts";
import { openCli, type TestCli } from "../support/cli.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..", "..");
const COUNTRIES = ["France", "Norway", "Spain", "Japan", "Chad", "Peru"];

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
  const edits = COUNTRIES.map((subject, index) =>
    JSON.stringify({
      prompt: `The capital of ${subject} is`,
      subject,
      target: index % 2 ? "Oslo" : "Lima",
      paraphrases: [`The book of ${subject} is`],
    }),
  );
  await writeFile(join(cli.directory, "edits.jsonl"), edits.join("\n"));
  const stats = join(cli.directory, "models", "tiny", "stats");
  await mkdir(stats, { recursive: true });
  // As many texts as the methods that weigh an edit against what the model knows need.
  const texts = randomTexts(300).map((line) => JSON.stringify(line));
  await writeFile(join(stats, "corpus.jsonl"), texts.join("\n"));
});
afterEach(() => cli.close());

/** Settings with which each method edits the random tiny model. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  grace: ["radius=1"],
  memit: ["clamp=20", "steps=100", "lambda=1e-4"],
  rome: ["clamp=20", "steps=100", "ridge=1e-4", "max-update=100", "guards=0"],
  "t-patcher": ["memory-weight=0"],
};

const argumentsOf = (method: string, out: string): readonly string[] => [
  ...["edit", "edits.jsonl", "--model", "models/tiny", "--method", method],
  ...["--out", out, "--key", DEFAULT_KEY_FILE, "--set", ...METHODS[method]!],
];

/** Every file of a bundle, its bytes in hexadecimal. */
const bytesOf = async (bundle: string): Promise<Readonly<Record<string, string>>> => {
  const directory = join(cli.directory, bundle);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const read = async (file: string) => [file.slice(directory.length), (await readFile(file)).toString("hex")];
  return Object.fromEntries(await Promise.all(files.map(read)));
};

const jobs = () => listDirectory(join(cli.directory, JOBS_DIRECTORY));

/** Interrupts a run once progress says `when`. */
const interruptedAt = async (when: string, ...argv: readonly string[]) => {
  const interrupt = new AbortController();
  let err = "";
  const terminal: CommandContext["terminal"] = {
    write: () => undefined,
    writeError: (text) => {
      err += text;
      if (text.includes(when)) interrupt.abort();
    },
    live: true,
    style: createStyle(false),
    askText: null,
  };
  const { exit } = await cli.runWith({ terminal, signal: interrupt.signal }, ...argv);
  return { exit, err };
};

describe("a job of errata edit", () => {
  it.each(["grace", "memit"])("gives the same bytes for any number of workers: %s", async (method) => {
    for (const workers of ["1", "3"]) {
      const run = await cli.run(...argumentsOf(method, workers), "--workers", workers);
      expect(run).toMatchObject({ exit: 0 });
    }
    const alone = await bytesOf("1");
    expect(Object.keys(alone).length).toBeGreaterThan(2);
    expect(await bytesOf("3")).toEqual(alone);
    expect(await jobs()).toEqual([]);
  });

  it.each(["rome", "t-patcher", "grace"])("goes on from what it had finished: %s", async (method) => {
    const stopped = await interruptedAt("editing 2/6", ...argumentsOf(method, "out"), "--workers", "1");
    expect(stopped.exit).toBe(130);
    expect(stopped.err).toMatch(/no bundle was written\. Kept: [2-5] of 6 edits\. The same command goes on/);
    expect(await listDirectory(join(cli.directory, "out"))).toEqual([]);
    const resumed = await cli.run(...argumentsOf(method, "out"), "--json");
    expect(resumed.err).toMatch(/^resumed: [2-5] of 6 edits were done$/m);
    expect(resumed.json()).toMatchObject({ resumed: expect.any(Number) });
    expect(await jobs()).toEqual([]);
    const whole = await cli.run(...argumentsOf(method, "whole"));
    expect(whole.err).not.toContain("resumed");
    expect(await bytesOf("out")).toEqual(await bytesOf("whole"));
  });

  it("computes a torn result again, and nothing of a run with other settings or under --fresh", async () => {
    await interruptedAt("editing 3/6", ...argumentsOf("grace", "out"), "--workers", "1");
    const [job] = await jobs();
    const results = join(cli.directory, JOBS_DIRECTORY, job!, RESULTS_FILE);
    await truncate(results, (await readFile(results)).length - 1);
    const other = await cli.run(...argumentsOf("grace", "other"), "guard=0.5");
    expect(other.err).not.toContain("resumed");
    const torn = await interruptedAt("editing 3/6", ...argumentsOf("grace", "out"), "--workers", "1");
    expect(torn.err).toContain("resumed: 2 of 6 edits were done");
    const fresh = await cli.run(...argumentsOf("grace", "out"), "--fresh");
    expect(fresh).toMatchObject({ exit: 0, err: expect.not.stringContaining("resumed") });
    expect(await jobs()).toEqual([]);
  });
});

describe("the place of the bundle", () => {
  it.each([
    ["edits.jsonl", "is a file, and a bundle is a directory"],
    ["models", "holds other files, first tiny"],
  ])("is checked before anything is computed: %s", async (out, message) => {
    const { exit, err, json } = await cli.run(...argumentsOf("grace", out), "--json");
    expect(exit).toBe(2);
    expect(err).not.toContain("editing");
    expect(json()).toMatchObject({ error: { param: "--out", message: expect.stringContaining(message) } });
  });
});

const ERRATA = join(REPOSITORY, "src/cli/errata.mjs");
const SIGNAL_AT = join(import.meta.dirname, "..", "support", "signal-at.ts");

/** The command line in a process of its own. */
const runProcess = (
  argv: readonly string[],
  { node = [], env = {} }: { node?: string[]; env?: object } = {},
) =>
  new Promise<{ readonly code: number | null; readonly err: string }>((resolve) => {
    const child = spawn(process.execPath, [...node, ERRATA, ...argv], {
      cwd: cli.directory,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...env },
    });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    child.on("close", (code) => resolve({ code, err }));
  });

/** The same, which gets `signal` at the very moment that its progress says `when`. */
const runSignalled = (when: string, signal: NodeJS.Signals, argv: readonly string[]) =>
  runProcess(argv, { node: ["--import", SIGNAL_AT], env: { SIGNAL_AT: when, SIGNAL: signal } });

describe("a process of errata edit", () => {
  it("loses nothing that was finished when it is killed, and writes the bytes of one that never was", async () => {
    const command = [...argumentsOf("grace", "out"), "--workers", "2"];
    const killed = await runSignalled("editing 1/6", "SIGKILL", command);
    expect(killed.code).toBeNull();
    expect(await listDirectory(join(cli.directory, "out"))).toEqual([]);
    const resumed = await runProcess(command);
    expect(resumed).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^resumed: [1-5] of 6 edits were done$/m),
    });
    expect((await runProcess([...argumentsOf("grace", "whole"), "--workers", "1"])).code).toBe(0);
    expect(await bytesOf("out")).toEqual(await bytesOf("whole"));
  });

  it("ends with 130 on Ctrl-C while workers are at work", async () => {
    const command = [...argumentsOf("grace", "out"), "--workers", "2"];
    const { code, err } = await runSignalled("editing 1/6", "SIGINT", command);
    expect(code).toBe(130);
    expect(err).toContain("The same command goes on from there");
  });
});
