#!/usr/bin/env node
// The bin. Plain JavaScript, as the Node that runs it may be too old to strip types: then the same arguments go
// to the Node that is installed as a dependency. Terminal signals reach that one by itself (it shares the
// process group), so this one only waits for it.
import { spawn } from "node:child_process";
import { enableCompileCache } from "node:module";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 24;

if (Number(process.versions.node.split(".")[0]) >= OLDEST_NODE) {
  // Types are stripped and modules compiled once, not at each command.
  enableCompileCache();
  await import("./main.ts");
} else {
  const node = fileURLToPath(new URL("../../node_modules/node/bin/node", import.meta.url));
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (cause) => {
    process.stderr.write(`error: Node ${OLDEST_NODE} or later is needed (${cause.message}). Run: npm ci\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
}
