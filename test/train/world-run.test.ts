import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { WORLD_CONFIG } from "../../src/train/config.ts";
import { readCheckpoint } from "../../src/train/run/checkpoint.ts";
import type { TrainingProgress } from "../../src/train/run/progress.ts";
import { runIdentity, trainModel } from "../../src/train/run/train-model.ts";
import { readWorldCorpus } from "../../src/world/files/world-corpus.ts";

/**
 * Another processor may sum in another order. That moves a loss by about 1e-6 of itself, and three steps of the
 * warm-up, at rates up to 3e-5, cannot amplify it beyond 1e-4; a wrong batch, seed or moment moves it by 1e-3 or more.
 */
const RELATIVE_TOLERANCE = 1e-4;

it("the default model's run meets the committed losses, stopped after two steps and resumed for a third", async () => {
  const corpus = readWorldCorpus(WORLD_CONFIG.seed);
  if (!corpus.ok) throw new Error(corpus.problem.message);
  const checkpoint = join(mkdtempSync(join(tmpdir(), "errata-world-")), "world.checkpoint");
  for (const [until, resume] of [
    [2, false],
    [3, true],
  ] as const) {
    const controller = new AbortController();
    const onProgress = ({ step }: TrainingProgress) => {
      if (step === until) controller.abort();
    };
    const run = { config: WORLD_CONFIG, corpus: corpus.value, checkpoint, resume, onProgress };
    const stopped = await trainModel({ ...run, signal: controller.signal });
    expect(stopped.ok ? "finished" : stopped.problem.code).toBe("cancelled");
  }
  const saved = await readCheckpoint(checkpoint, await runIdentity(WORLD_CONFIG, corpus.value));
  if (!saved.ok) throw new Error(saved.problem.message);
  const file = new URL("../../models/world/loss.csv", import.meta.url);
  const [, ...lines] = readFileSync(file.pathname, "utf8").trim().split("\n");
  const committed = lines.map((line) => Number(line.split(",")[1]));
  expect(saved.value.losses).toHaveLength(3);
  for (const [step, loss] of saved.value.losses.entries())
    expect(Math.abs(loss / committed[step]! - 1)).toBeLessThan(RELATIVE_TOLERANCE);
}, 120_000);
