import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildBundle } from "../../../../src/core/bundle/build-bundle.ts";
import { editSchema } from "../../../../src/core/edit/edit.ts";
import { neuronsPatch } from "../../../engine/support/patches.ts";
import { unwrap } from "../../../onnx/support/unwrap.ts";
import { bundleOfEdits, FRANCE, NORWAY } from "../../support/bundles.ts";
import { openCli, type TestCli } from "../../support/cli.ts";

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

const write = async (name: string, ...edits: (typeof FRANCE)[]) => {
  const bundle = await bundleOfEdits(cli.service, edits);
  await cli.writeBundle(name, bundle);
  return bundle;
};

/** A bundle of one neuron, of a method that is not GRACE. */
const writeNeurons = async (name: string) => {
  const { model } = cli.service.files;
  const rows = [new Float32Array(model.dims.width).fill(0.5)];
  const bundle = unwrap(
    await buildBundle({
      edits: [editSchema.parse({ prompt: "The capital of Chad is", target: "Oslo" })],
      patches: [neuronsPatch("chad", 2, rows, [0], rows)],
      method: "t-patcher",
      parameters: { epochs: "3" },
      seed: 1,
      model,
      parent: null,
      report: null,
    }),
  );
  await cli.writeBundle(name, bundle);
  return bundle;
};

describe("errata bundle merge", () => {
  it("makes one signed bundle of two methods, which can be published", async () => {
    const grace = await write("grace", FRANCE);
    const patcher = await writeNeurons("patcher");
    const { exit, json } = await cli.run("bundle", "merge", "grace", "patcher", "--out", "both", "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({
      directory: join(cli.directory, "both"),
      parent: grace.id,
      sources: [
        { reference: "grace", id: grace.id, method: "grace", edits: 1, patches: 1 },
        { reference: "patcher", id: patcher.id, method: "t-patcher", edits: 1, patches: 1 },
      ],
      edits: 2,
      patches: 2,
      renamed: [],
      shrunk: [],
    });
    const published = await cli.run("publish", "both", "--json");
    expect(published.json()).toMatchObject({ status: "published", version: 1 });
    const shown = await cli.run("show", "tiny@1", "--json");
    expect(shown.json()).toMatchObject({ manifest: { parent: grace.id, method: "merged" } });
  });

  it("takes published bundles, and says what it kept once", async () => {
    await write("first", FRANCE);
    await write("second", FRANCE, NORWAY);
    for (const name of ["first", "second"]) await cli.run("publish", name);
    const { exit, out } = await cli.run("bundle", "merge", "tiny@1", "tiny@2", "--out", "both");
    expect(exit).toBe(0);
    expect(out).toContain("2 edits and 2 patches.");
    expect(out).toContain("Kept once although in several bundles: 1 edit, 1 patch.");
    expect(out).toContain("No codebook entries overlap.");
    expect(out).toMatch(/Wrote sha256:\w+ to both\. Next: errata publish both/);
  });

  it("shrinks codebook balls that overlap, naming both patches", async () => {
    await write("first", FRANCE);
    // Alone in its bundle Norway's key is France's, so it stands second beside another.
    await write("second", { ...FRANCE, id: "x", prompt: "x" }, { ...NORWAY, radius: 100, token: 2 });
    const { exit, json } = await cli.run("bundle", "merge", "first", "second", "--out", "both", "--json");
    expect(exit).toBe(0);
    const { shrunk } = json() as {
      shrunk: { patch: string; other: string; before: number; after: number }[];
    };
    expect(shrunk.map(({ patch }) => patch)).toEqual(["norway"]);
    expect(shrunk[0]!.after).toBeLessThan(shrunk[0]!.before);
  });

  it("refuses keys that are one with other targets, and edits that contradict each other", async () => {
    await write("france", FRANCE);
    await write("same-key", { ...NORWAY, token: 2 });
    const overlapping = await cli.run("bundle", "merge", "france", "same-key", "--out", "both", "--json");
    expect(overlapping.exit).toBe(6);
    expect(overlapping.json()).toMatchObject({ error: { code: "edit_conflict", param: "patches" } });
    await write("other", { ...FRANCE, target: " Rome" });
    const contradicting = await cli.run("bundle", "merge", "france", "other", "--out", "both", "--json");
    expect(contradicting.exit).toBe(6);
    expect(contradicting.json()).toMatchObject({ error: { code: "edit_conflict", param: "edits" } });
    expect(contradicting.err).toContain('gives " Oslo"');
    expect(contradicting.err).toContain('gives " Rome"');
  });

  it("writes nothing under --dry-run, and needs no key for it", async () => {
    await write("first", FRANCE);
    await write("second", FRANCE, NORWAY);
    await rm(join(cli.directory, ".errata"), { recursive: true });
    const { exit, json } = await cli.run("bundle", "merge", "first", "second", "--dry-run", "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({ directory: null, dryRun: true });
  });

  it.each([
    ["one bundle", ["first"], "expected two bundles or more"],
    ["the bare model", ["first", "tiny@none"], "bare model"],
  ])("refuses %s", async (_, bundles, message) => {
    await write("first", FRANCE);
    const { exit, err } = await cli.run("bundle", "merge", ...bundles, "--model", "tiny");
    expect(exit).toBe(2);
    expect(err).toContain(message);
  });
});

describe("errata edit", () => {
  it("refuses a file whose edits contradict each other, naming both", async () => {
    const lines = ["Oslo", "Paris"].map((target) =>
      JSON.stringify({ prompt: "The capital of France is", subject: "France", target }),
    );
    await writeFile(join(cli.directory, "edits.jsonl"), lines.join("\n"));
    const { exit, err } = await cli.run("edit", "edits.jsonl", "--model", "tiny");
    expect(exit).toBe(6);
    expect(err).toContain('edit 1 "The capital of France is" gives "Oslo" and edit 2');
  });
});
