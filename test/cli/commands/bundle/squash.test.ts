import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Patch } from "../../../../src/core/patch/patch.ts";
import { codebookPatch, neuronsPatch } from "../../../engine/support/patches.ts";
import { bundleOfEdits, FRANCE } from "../../support/bundles.ts";
import { openCli, type TestCli } from "../../support/cli.ts";
import { bundleOfPatches, randomLowRank } from "../../support/low-rank-bundle.ts";

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

const write = async (name: string, ...others: Patch[]) => {
  const { model } = cli.service.files;
  const patches = [0, 1, 2].map((edit) => randomLowRank(model, `edit-${edit}`, edit, 2));
  const bundle = await bundleOfPatches(model, [...patches, ...others]);
  await cli.writeBundle(name, bundle);
  return bundle;
};

const neurons = () => {
  const rows = [new Float32Array(cli.service.files.model.dims.width).fill(0.5)];
  return neuronsPatch("chad", 2, rows, [0], rows);
};

describe("errata bundle squash", () => {
  it("makes a signed bundle of one patch a site, which can be published", async () => {
    const before = await write("fixes", neurons());
    const { exit, json } = await cli.run(
      "bundle",
      "squash",
      "fixes",
      "--rank",
      "3",
      "--out",
      "small",
      "--json",
    );
    expect(exit).toBe(0);
    expect(json()).toMatchObject({
      directory: join(cli.directory, "small"),
      parent: before.id,
      patches: 2,
      untouched: 1,
      sites: [
        {
          layer: 1,
          site: "down",
          patch: "squashed-down.block-1",
          from: ["edit-0", "edit-1", "edit-2"],
          edits: [0, 1, 2],
          before: 6,
          rank: 3,
        },
      ],
    });
    expect((await cli.run("verify", "small")).exit).toBe(0);
    const published = await cli.run("publish", "small", "--json");
    expect(published.json()).toMatchObject({ status: "published", version: 1 });
    const shown = await cli.run("show", "tiny@1", "--json");
    expect(shown.json()).toMatchObject({
      manifest: {
        parent: before.id,
        method: "squashed",
        parameters: { "source.1": before.id, "source.1.method": "rome", "squash.rank": "3" },
      },
    });
  });

  it("keeps to the error asked for, and says what can no longer be detached", async () => {
    await write("fixes");
    const { exit, out, err } = await cli.run("bundle", "squash", "fixes", "--error", "0.6", "--out", "small");
    expect(exit).toBe(0);
    expect(out).toContain("RELATIVE ERROR");
    expect(out).toContain("3 patches on the down-projection of block 1 could be detached one by one");
    expect(out).toContain('now "squashed-down.block-1" carries 3 edits');
    expect(out).toMatch(/Wrote sha256:\w+ to small\. Next: errata publish small/);
    expect(err).toContain("Compressing site 1/1");
    const again = await cli.run("bundle", "squash", "fixes", "--error", "0.6", "--dry-run", "--json");
    const { sites } = again.json() as { sites: { rank: number; error: number }[] };
    expect(sites[0]!.error).toBeGreaterThan(0);
    expect(sites[0]!.error).toBeLessThanOrEqual(0.6);
    expect(sites[0]!.rank).toBeLessThan(6);
  });

  it("warns of codebooks behind a site that acts otherwise than before, and of no others", async () => {
    const zeros = new Float32Array(cli.service.files.model.dims.width);
    const entry = { key: zeros, radius: 1, values: [zeros], targets: [1] };
    await write("fixes", codebookPatch("words", 2, entry), neurons());
    const squash = async (rank: string) =>
      (await cli.run("bundle", "squash", "fixes", "--rank", rank, "--dry-run", "--json")).json();
    expect(await squash("2")).toMatchObject({
      disturbed: [{ layer: 2, patches: ["squashed-down.block-1"] }],
    });
    expect(await squash("6")).toMatchObject({ sites: [{ error: 0 }], disturbed: [] });
  });

  it("writes nothing under --dry-run, and needs no key for it", async () => {
    await write("fixes");
    await rm(join(cli.directory, ".errata"), { recursive: true });
    const { exit, json } = await cli.run("bundle", "squash", "fixes", "--rank", "1", "--dry-run", "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({ directory: null, dryRun: true });
  });

  it.each([
    [["fixes"], "either --rank"],
    [["fixes", "--rank", "1", "--error", "0.1"], "either --rank"],
    [["fixes", "--rank", "0"], "expected 1 or more"],
    [["fixes", "--error", "0.0000001"], "expected a number from 0.000001 to 1"],
    [["tiny@none", "--rank", "1"], "bare model"],
    [["codebooks", "--rank", "1"], "no low-rank patch, only codebook ones"],
  ])("refuses %j", async (argv, message) => {
    await write("fixes");
    await cli.writeBundle("codebooks", await bundleOfEdits(cli.service, [FRANCE]));
    const { exit, err } = await cli.run("bundle", "squash", ...argv, "--out", "small");
    expect(exit).toBe(2);
    expect(err).toContain(message);
  });
});
