import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const ERRATA = join(import.meta.dirname, "..", "..", "src", "cli", "errata.mjs");

it.each(["--help", "eval --help"])("ends quietly where its reader has seen enough: errata %s", (words) => {
  // The reader is gone before anything is written; what node says of it would come on standard error.
  const script = `"${process.execPath}" "${ERRATA}" ${words} | true`;
  const { stderr, status } = spawnSync("sh", ["-c", script], { encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
});
