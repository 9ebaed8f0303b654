import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readCheckpoint, type TrainingState, writeCheckpoint } from "../../../src/train/run/checkpoint.ts";

const IDENTITY = { config: "sha256:aa", corpus: "sha256:bb" } as const;

const state: TrainingState = {
  weights: Float32Array.of(1, -2, 3.5),
  adam: { mean: Float32Array.of(0.1, 0.2, 0.3), square: Float32Array.of(4, 5, 6), step: 17 },
  epoch: 2,
  batch: 5,
  losses: [8.25, 7.5],
};

let directory: string;
let path: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "errata-checkpoint-"));
  path = join(directory, "run.checkpoint");
  await writeCheckpoint(path, state, IDENTITY);
});

const codeOf = async (identity: { config: `sha256:${string}`; corpus: `sha256:${string}` } = IDENTITY) => {
  const read = await readCheckpoint(path, identity);
  return read.ok ? "ok" : read.problem.code;
};

describe("a checkpoint", () => {
  it("gives back the state bit for bit", async () => {
    expect(await readCheckpoint(path, IDENTITY)).toEqual({ ok: true, value: state });
  });

  it("leaves nothing else behind", () => {
    expect(readdirSync(directory)).toEqual(["run.checkpoint"]);
  });

  it("is refused where a single byte has changed, wherever it stands", async () => {
    const bytes = readFileSync(path);
    for (const at of [0, 30, bytes.length - 1, bytes.length - 30]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      writeFileSync(path, changed);
      expect(await codeOf()).toBe("malformed_checkpoint");
    }
  });

  it("is refused where it is cut short or empty", async () => {
    const bytes = readFileSync(path);
    for (const length of [0, 10, 60, bytes.length - 4]) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(await codeOf()).toBe("malformed_checkpoint");
    }
  });

  it("is refused under other settings and on another corpus", async () => {
    expect(await codeOf({ ...IDENTITY, config: "sha256:cc" })).toBe("malformed_checkpoint");
    expect(await codeOf({ ...IDENTITY, corpus: "sha256:cc" })).toBe("malformed_checkpoint");
  });

  it("that is not there is another problem than one that is broken", async () => {
    const read = await readCheckpoint(join(directory, "none"), IDENTITY);
    expect(read.ok ? "ok" : read.problem.code).toBe("file_not_found");
  });
});
