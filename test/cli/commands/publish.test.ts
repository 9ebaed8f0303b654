import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blobPath } from "../../../src/core/bundle/layout.ts";
import { blobDigests } from "../../../src/core/bundle/manifest.ts";
import { snapshotOf } from "../../http/support/service.ts";
import { bundleOfEdits, FRANCE, NORWAY } from "../support/bundles.ts";
import { openCli, type TestCli } from "../support/cli.ts";

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

describe("errata publish", () => {
  it("uploads the blobs and the manifest and says the version", async () => {
    const { id } = await write("bundle", FRANCE, NORWAY);
    const { exit, out, err } = await cli.run("publish", "bundle");
    expect(exit).toBe(0);
    expect(out).toBe(
      `published as version 1 of tiny: ${id}\n4 blobs uploaded, 0 already there\n` +
        "Serve it with: errata release 1 --model tiny --message WHY\n",
    );
    expect(err).toContain("uploading blobs 4/4");
    expect((await cli.service.stores.bundles.list("tiny", { limit: 9 })).data).toHaveLength(1);
  });

  it("is idempotent: the second time it says so and uploads nothing", async () => {
    const { id } = await write("bundle", FRANCE);
    await cli.run("publish", "bundle");
    cli.requests.length = 0;
    const again = await cli.run("publish", "bundle", "--json");
    expect(again.exit).toBe(0);
    expect(again.json()).toEqual({
      id,
      model: "tiny",
      version: 1,
      status: "already published",
      uploaded: { blobs: 0, present: 2 },
    });
    expect(cli.requests).toEqual(["POST /v1/blobs/missing", "POST /v1/bundles"]);
  });

  it("uploads only the blobs that the service lacks", async () => {
    await write("first", FRANCE);
    await write("second", FRANCE, NORWAY);
    await cli.run("publish", "first");
    const second = await cli.run("publish", "second", "--json");
    expect(second.json()).toMatchObject({ version: 2, uploaded: { blobs: 2, present: 2 } });
  });

  it("writes nothing under --dry-run, before and after the blobs are there", async () => {
    const { id } = await write("bundle", FRANCE);
    const before = await snapshotOf(cli.service);
    const first = await cli.run("publish", "bundle", "--dry-run", "--json");
    expect(first.exit).toBe(0);
    expect(first.json()).toMatchObject({ status: "would publish", id, version: null });
    expect(await snapshotOf(cli.service)).toEqual(before);
    await cli.run("publish", "bundle");
    const published = await snapshotOf(cli.service);
    const second = await cli.run("publish", "bundle", "--dry-run", "--json");
    expect(second.json()).toMatchObject({ status: "already published", version: 1 });
    expect(await snapshotOf(cli.service)).toEqual(published);
  });

  it("sends nothing where a blob was tampered with", async () => {
    const { manifest } = await write("bundle", FRANCE);
    const path = join(cli.directory, "bundle", blobPath(blobDigests(manifest)[0]!));
    await writeFile(path, "tampered");
    const { exit, err } = await cli.run("publish", "bundle");
    expect(exit).toBe(5);
    expect(err).toContain("was changed after the bundle was built");
    expect(cli.requests).toEqual([]);
  });

  it("sends nothing where a blob is missing", async () => {
    const { manifest } = await write("bundle", FRANCE);
    await rm(join(cli.directory, "bundle", blobPath(blobDigests(manifest)[0]!)));
    const { exit, json } = await cli.run("publish", "bundle", "--json");
    expect(exit).toBe(5);
    expect(json()).toMatchObject({ error: { code: "missing_blob", exit: 5 } });
    expect(cli.requests).toEqual([]);
  });

  it("ends with 4 where there is no bundle", async () => {
    const { exit, err } = await cli.run("publish", "nowhere");
    expect(exit).toBe(4);
    expect(err).toContain("which does not exist");
  });
});
