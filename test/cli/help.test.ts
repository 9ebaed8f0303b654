import { describe, expect, it } from "vitest";
import type { Command } from "../../src/cli/command.ts";
import { COMMANDS, NOUNS } from "../../src/cli/commands/index.ts";
import type { CommandContext } from "../../src/cli/context.ts";
import { runProgram } from "../../src/cli/program.ts";
import { createStyle } from "../../src/cli/style.ts";
import { ok } from "../../src/core/result.ts";

const run = async (argv: readonly string[], commands: readonly Command[] = COMMANDS, columns?: number) => {
  let out = "";
  let err = "";
  const context: CommandContext = {
    terminal: {
      write: (text) => {
        out += text;
      },
      writeError: (text) => {
        err += text;
      },
      live: false,
      columns,
      style: createStyle(false),
      askText: null,
    },
    environment: {},
    workingDirectory: "/nowhere",
    projectDirectory: "/nowhere",
    peakMemory: () => 0,
    availableMemory: () => 0,
    fetch: () => Promise.reject(new Error("help needs no network")),
    signal: new AbortController().signal,
  };
  const exit = await runProgram(argv, context, commands, NOUNS);
  return { exit, out, err };
};

/** Words of a command line, quotes as a shell reads them. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");

const NAMED = COMMANDS.map((command): [string, Command] => [command.name, command]);

describe("help", () => {
  it("lists the commands, the environment and the exit codes", async () => {
    const { exit, out } = await run(["--help"]);
    expect(exit).toBe(0);
    expect(out).toMatchSnapshot();
  });

  it.each(NAMED)("of errata %s", async (name) => {
    const { exit, out } = await run([...name.split(" "), "--help"]);
    expect(exit).toBe(0);
    expect(out).toMatchSnapshot();
  });

  it.each([80, 120])(
    "keeps within %d columns, and leaves no line short that a word would fit on",
    async (width) => {
      for (const [name] of NAMED) {
        const { out } = await run([...name.split(" "), "--help"], COMMANDS, width);
        const [usage, ...rest] = out.split("\n\n");
        expect(usage).toContain(`errata ${name}`);
        const described = rest.slice(
          0,
          rest.findIndex((part) => /^(Arguments|Options):/.test(part)),
        );
        expect(described.length, name).toBeGreaterThanOrEqual(1);
        for (const paragraph of described) {
          const lines = paragraph.split("\n");
          for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(width);
          for (const [index, line] of lines.slice(0, -1).entries()) {
            const next = lines[index + 1]!;
            // A line that begins a list or an item of one is broken on purpose.
            if (/^ |^\w[\w ]*:/.test(next) || line.endsWith(":")) continue;
            expect(line.length + 1 + next.split(" ")[0]!.length, `${name}: ${line}`).toBeGreaterThan(width);
          }
        }
      }
    },
  );

  it.each(NAMED)("of errata %s shows examples that parse", async (name, { examples }) => {
    const seen: string[] = [];
    const recording = COMMANDS.map((command) => ({
      ...command,
      execute: async () => {
        seen.push(command.name);
        return ok({ document: null, text: "" });
      },
    }));
    for (const example of examples)
      expect(await run(words(example), recording)).toMatchObject({ exit: 0, err: "" });
    expect(new Set(seen)).toEqual(new Set([name]));
  });

  it.each([
    "publish",
    "release",
    "rollback",
    "train",
    "model prepare",
    "model push",
    "token create",
    "token revoke",
    "keys generate",
  ])("offers --dry-run on errata %s", async (name) => {
    expect((await run([...name.split(" "), "--help"])).out).toContain("--dry-run");
  });
});

describe("a command line that cannot be read", () => {
  it.each([
    [
      "a command that is almost one",
      ["releas"],
      "unknown command 'releas' (Did you mean release?). See errata --help.",
    ],
    [
      "a verb that is almost one",
      ["token", "crate"],
      "unknown command 'crate' (Did you mean create?). See errata --help.",
    ],
    [
      "an unknown option",
      ["list", "--modle", "x"],
      "unknown option '--modle' (Did you mean --model?). See errata --help.",
    ],
    ["a missing argument", ["show"], "missing required argument 'bundle'. See errata --help."],
    [
      "an argument too many",
      ["list", "x"],
      "too many arguments for 'list'. Expected 0 arguments but got 1: x. See errata --help.",
    ],
    ["no verb", ["keys"], "Expected a command, one of: generate."],
  ])("ends with 2 and a suggestion: %s", async (_, argv, message) => {
    expect(await run(argv)).toEqual({ exit: 2, out: "", err: `error: ${message}\n` });
  });

  it("is a document under --json too", async () => {
    const { exit, out } = await run(["releas", "--json"]);
    expect(exit).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "invalid_request", exit: 2 } });
  });
});

describe("a defect of a command", () => {
  it("ends with 1, its trace on standard error", async () => {
    const broken = {
      ...COMMANDS.find(({ name }) => name === "list")!,
      execute: () => Promise.reject(new TypeError("oops")),
    };
    const { exit, out, err } = await run(["list", "--json"], [broken]);
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "internal" } });
    expect(err).toContain("TypeError: oops");
  });
});
