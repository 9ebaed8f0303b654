import { describe, expect, test } from "vitest";
import { startProcessGroup } from "../../../src/workshop/local-service/process-group.ts";
import { waitUntilHealthy } from "../../../src/workshop/local-service/wait-until-healthy.ts";

/** Runs JavaScript in a Node of its own; `onLine` sees what it prints. */
const startNode = (script: string, onLine?: (line: string) => void) =>
  startProcessGroup({
    program: process.execPath,
    arguments: ["-e", script],
    workingDirectory: import.meta.dirname,
    environment: process.env,
    ...(onLine && { onLine }),
  });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Starts a program that starts another; both would run for ever. Resolves to the second one's process id. */
const PARENT_OF_ONE = `
  const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  console.log(child.pid);
  process.on("SIGTERM", () => process.exit(0));
  setInterval(() => {}, 1000);
`;

describe("a process group", () => {
  test("ends with everything that its program started, also what that left behind", async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const group = startNode(PARENT_OF_ONE, (line) => resolve(Number(line)));
    const grandchild = await promise;
    expect(isAlive(grandchild)).toBe(true);
    await group.stop();
    await expect.poll(() => isAlive(grandchild), { timeout: 5_000 }).toBe(false);
  });

  test("keeps the last 20 lines of both streams without colours", async () => {
    const group = startNode(
      `for (let line = 1; line <= 30; line++) console.log("\\u001b[31m" + line + "\\u001b[0m");`,
    );
    expect(await group.exited).toBe(0);
    expect(group.lastLines()).toHaveLength(20);
    expect(group.lastLines()[0]).toBe("11");
  });

  test("that dies before it answers is reported with what it said last", async () => {
    const group = startNode(`console.error("no such binding"); process.exit(3);`);
    const healthy = await waitUntilHealthy("http://127.0.0.1:1", group, new AbortController().signal);
    expect(healthy).toEqual({
      ok: false,
      problem: {
        code: "service_unreachable",
        message: "wrangler ended with exit code 3. Its last lines:\n  no such binding",
      },
    });
  });

  test("that cannot be started says why", async () => {
    const group = startProcessGroup({
      program: "/no/such/program",
      arguments: [],
      workingDirectory: import.meta.dirname,
      environment: {},
    });
    expect(await group.exited).toBe(1);
    expect(group.lastLines().join()).toContain("ENOENT");
    await group.stop();
  });
});
