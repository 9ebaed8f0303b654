import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BuiltBundle } from "../../../src/core/bundle/build-bundle.ts";
import { patchBytes } from "../../../src/core/patch/patch-record.ts";
import { bundleOfEdits, FRANCE, NORWAY } from "../support/bundles.ts";
import { openCli, type TestCli } from "../support/cli.ts";

let cli: TestCli;
let one: BuiltBundle;
let two: BuiltBundle;

beforeAll(async () => {
  cli = await openCli();
  one = await bundleOfEdits(cli.service, [FRANCE]);
  two = await bundleOfEdits(cli.service, [{ ...FRANCE, target: " Rome", value: 3 }, NORWAY], "20");
  await cli.writeBundle("one", one);
  await cli.writeBundle("two", two);
  await cli.run("publish", "one");
  await cli.run("publish", "two");
  await cli.run("release", "1", "--model", "tiny", "--message", "first");
});
afterAll(() => cli.close());

describe("errata diff", () => {
  it("says what changes in meaning, norms of changed patches included", async () => {
    const { exit, out } = await cli.run("diff", "1", "2", "--model", "tiny");
    expect(exit).toBe(0);
    // The value of "france" goes from 32 ones to 32 threes: its norm from sqrt(32) to 3 sqrt(32), +11.3.
    expect(out).toBe(
      [
        `from version 1 (${one.id})`,
        `to   version 2 (${two.id})`,
        "",
        "edits: 1 added, 0 removed, 1 changed",
        '  + "The capital of Norway is" -> " Paris"',
        '  ~ "The capital of France is" -> " Rome" (was " Oslo")',
        "patches: 1 added, 0 removed, 1 changed",
        `  + norway  codebook, layer 2, ${patchBytes(two.manifest.patches[1]!)} B`,
        "  ~ france  codebook, layer 2, norm +11.3",
        "settings:",
        "  ~ parameters.epochs: 10 -> 20",
        `layers 2; +1 codebook, +${patchBytes(two.manifest.patches[1]!)} B`,
        "",
      ].join("\n"),
    );
  });

  it("compares a channel with a directory, and gives the same facts as JSON", async () => {
    const { json } = await cli.run("diff", "stable", "two", "--model", "tiny", "--json");
    expect(json()).toMatchObject({
      before: { id: one.id, version: 1 },
      after: { id: two.id, version: null },
      patches: { added: [{ id: "norway" }], removed: [], changed: [{ id: "france", layer: 2 }] },
      layers: [2],
    });
  });

  it("compares with the bare model", async () => {
    const { out } = await cli.run("diff", "none", "tiny@1");
    expect(out).toContain("edits: 1 added, 0 removed, 0 changed");
  });

  it("finds no difference between a bundle and itself", async () => {
    const { out } = await cli.run("diff", "one", "tiny@1");
    expect(out).toContain("No difference in meaning.");
  });

  it("ends with 4 for a version that there is not", async () => {
    expect((await cli.run("diff", "1", "9", "--model", "tiny")).exit).toBe(4);
  });
});

describe("errata show", () => {
  it("lists the patches with their edits", async () => {
    const { exit, out } = await cli.run("show", "2", "--model", "tiny");
    expect(exit).toBe(0);
    expect(out).toContain(`bundle:    ${two.id}\nversion:   2\n`);
    expect(out).toContain(`signed by: ${cli.key.keyId}\n`);
    expect(out).toContain("settings: epochs=20\n");
    expect(out).toMatch(/^norway {2}codebook {2}2 {6}\d+ B {2}Paris {3}The capital of Norway is$/m);
  });

  it("shows a directory without any request", async () => {
    cli.requests.length = 0;
    const { json } = await cli.run("show", "./one", "--json");
    expect(json()).toMatchObject({ id: one.id, version: null, manifest: { method: "grace" } });
    expect(cli.requests).toEqual([]);
  });

  it("refuses a manifest that is not the one asked for", async () => {
    const { bundles } = cli.service.stores;
    const honest = bundles.find;
    const swapped: typeof honest = async (reference) => {
      const found = await honest.call(bundles, reference);
      return found.ok ? { ok: true, value: { ...found.value, manifestBytes: two.manifestBytes } } : found;
    };
    Object.assign(bundles, { find: swapped });
    const { exit, json } = await cli.run("show", one.id, "--model", "tiny", "--json");
    Object.assign(bundles, { find: honest });
    expect(exit).toBe(5);
    expect(json()).toMatchObject({ error: { code: "digest_mismatch" } });
  });
});

describe("errata list", () => {
  it("lists bundles, newest first, with the channels that serve them", async () => {
    const { out, exit } = await cli.run("list", "--model", "tiny");
    expect(exit).toBe(0);
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^VERSION {2}CHANNELS {2}METHOD/);
    expect(lines[1]).toMatch(new RegExp(`^2 .*${two.id}$`));
    expect(lines[2]).toMatch(new RegExp(`^1 +stable +grace +1 +1 .*${one.id}$`));
    expect(out).toMatch(/^stable {3}1 {8}1 /m);
  });

  it("ends with 4 for a model that is not registered", async () => {
    const { exit, json } = await cli.run("list", "--model", "nobody", "--json");
    expect(exit).toBe(4);
    expect(json()).toMatchObject({ error: { code: "unknown_model" } });
  });
});
