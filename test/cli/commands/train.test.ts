import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WORLD_CONFIG } from "../../../src/train/config.ts";
import { openCli, type TestCli } from "../support/cli.ts";

let cli: TestCli;

/** Small enough that a step takes no time; the corpus is the real one. */
const CONFIG = {
  ...WORLD_CONFIG,
  name: "mini",
  threads: 1,
  model: { width: 8, layers: 1, heads: 1, ffn: 8, vocabulary: 260, context: 64 },
};

beforeEach(async () => {
  cli = await openCli();
  await writeFile(join(cli.directory, "config.json"), JSON.stringify(CONFIG));
});
afterEach(() => cli.close());

const TRAIN = ["train", "--config", "config.json", "--out", "out"];
const stopped = { signal: AbortSignal.abort() };

describe("errata train", () => {
  it("prints its plan under --dry-run and writes nothing", async () => {
    const before = await readdir(cli.directory, { recursive: true });
    const { exit, json } = await cli.run(...TRAIN, "--epochs", "2", "--dry-run", "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({
      status: "would train",
      out: join(cli.directory, "out"),
      config: { name: "mini", optimizer: { epochs: 2 } },
    });
    expect(await readdir(cli.directory, { recursive: true })).toEqual(before);
  });

  it("takes back the settings that its dry run prints", async () => {
    const { json } = await cli.run("train", "--dry-run", "--json");
    const { config } = json() as { config: object };
    expect(config).toEqual(WORLD_CONFIG);
    await writeFile(join(cli.directory, "config.json"), JSON.stringify(config));
    expect((await cli.run(...TRAIN, "--dry-run", "--json")).json()).toMatchObject({ config });
  });

  it("leaves a checkpoint when stopped, says how to go on, and does not start over by itself", async () => {
    const first = await cli.runWith(stopped, ...TRAIN, "--json");
    expect(first.exit).toBe(130);
    expect(first.json()).toMatchObject({
      error: { code: "cancelled", message: expect.stringContaining("--resume") },
    });
    expect(await readdir(join(cli.directory, "out"))).toEqual(["training.checkpoint"]);
    const again = await cli.run(...TRAIN);
    expect(again.exit).toBe(2);
    expect(again.err).toContain("Go on from it with --resume, or give --restart to discard it");
    expect((await cli.runWith(stopped, ...TRAIN, "--resume")).exit).toBe(130);
  });

  it("can be stopped in a sweep, which leaves nothing behind", async () => {
    const { exit, json } = await cli.runWith(stopped, ...TRAIN, "--sweep", "--json");
    expect(exit).toBe(130);
    expect(json()).toMatchObject({ error: { code: "cancelled" } });
    expect(await readdir(cli.directory)).not.toContain("out");
  });

  it("ends with 4 where there is nothing to resume", async () => {
    expect((await cli.run(...TRAIN, "--resume")).exit).toBe(4);
  });

  it("ends with 5 for a checkpoint that is none", async () => {
    await mkdir(join(cli.directory, "out"));
    await writeFile(join(cli.directory, "out", "training.checkpoint"), "damaged");
    const { exit, json } = await cli.run(...TRAIN, "--resume", "--json");
    expect(exit).toBe(5);
    expect(json()).toMatchObject({ error: { code: "malformed_checkpoint" } });
  });

  it("names the setting at fault", async () => {
    await writeFile(
      join(cli.directory, "config.json"),
      JSON.stringify({ ...CONFIG, model: { ...CONFIG.model, width: -1 } }),
    );
    const { exit, err } = await cli.run(...TRAIN);
    expect(exit).toBe(2);
    expect(err).toContain("at model.width: ");
  });
});
