import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ok } from "../../../src/core/result.ts";
import type { EditingContext } from "../../../src/edit/method.ts";
import { statisticsCorpus } from "../../../src/edit/statistics/corpus.ts";
import { type MomentSource, openMomentStore } from "../../../src/workshop/statistics/moment-store.ts";
import { randomTexts } from "../../edit/support/random-texts.ts";
import { tinyContext } from "../../edit/support/tiny-context.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

let directory: string;
let context: EditingContext;
let windows: number;

const TEXTS = 1200;
const DIGEST = `sha256:${"ab".repeat(32)}` as const;

const sourceOf = (fields: Partial<MomentSource> = {}): MomentSource => ({
  files: { directory, digest: DIGEST, model: context.model },
  graph: context.graph,
  tokenizer: context.engine.tokenizer,
  corpus: async () => ok(await statisticsCorpus(randomTexts(TEXTS))),
  onProgress: ({ stage }) => {
    if (stage.startsWith("gathering states")) windows++;
  },
  signal: new AbortController().signal,
  now: () => 0,
  ...fields,
});

const filesOf = async () => {
  const all = await readdir(join(directory, "stats", "moments"), { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map(({ name, parentPath }) => join(parentPath, name));
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "errata-moments-"));
  context = await tinyContext();
  windows = 0;
});
afterEach(() => rm(directory, { recursive: true }));

describe("the store of second moments", () => {
  it("computes once and reads the same numbers afterwards", async () => {
    const computed = unwrap(await openMomentStore(sourceOf()).load([1, 2], "last-prompt"));
    expect(windows).toBe(3);
    const read = unwrap(await openMomentStore(sourceOf()).load([1, 2], "last-prompt"));
    expect(windows).toBe(3);
    expect(read).toEqual(computed);
    expect((await filesOf()).map((path) => path.split("/").at(-1)).sort()).toEqual([
      "last-prompt-1.moment",
      "last-prompt-2.moment",
    ]);
  });

  it("keeps positions, layers and corpora apart", async () => {
    const store = openMomentStore(sourceOf());
    const last = unwrap(await store.load([1], "last-prompt"))[0]!;
    const all = unwrap(await store.load([1], "all"))[0]!;
    expect(all.count).toBeGreaterThan(last.count);
    const other = sourceOf({ corpus: async () => ok(await statisticsCorpus(randomTexts(100))) });
    expect(unwrap(await openMomentStore(other).load([1], "last-prompt"))[0]!.count).toBe(100);
    expect(await filesOf()).toHaveLength(3);
  });

  it("goes on from its checkpoint after an interrupt, to the same bits", async () => {
    const stop = new AbortController();
    const stopping = sourceOf({
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(await openMomentStore(stopping).load([1], "last-prompt")).toMatchObject({
      ok: false,
      problem: { code: "cancelled" },
    });
    expect(await filesOf()).toEqual([expect.stringMatching(/last-prompt-1\.checkpoint$/)]);
    const resumed = unwrap(await openMomentStore(sourceOf()).load([1], "last-prompt"));
    expect(windows).toBe(2);
    await rm(join(directory, "stats"), { recursive: true });
    expect(unwrap(await openMomentStore(sourceOf()).load([1], "last-prompt"))).toEqual(resumed);
  });

  it("serves two commands that gather the same moment at once", async () => {
    let time = 0;
    const impatient = () => {
      time += 6000;
      return time;
    };
    const commands = [0, 1].map(() => openMomentStore(sourceOf({ now: impatient })).load([1], "last-prompt"));
    const [first, second] = (await Promise.all(commands)).map(unwrap);
    expect(second).toEqual(first);
    expect(await filesOf()).toEqual([expect.stringMatching(/last-prompt-1\.moment$/)]);
  });

  it("writes a checkpoint as time passes, so that a kill costs seconds", async () => {
    let time = 0;
    const seen: string[][] = [];
    const source = sourceOf({
      now: () => {
        time += 4000;
        return time;
      },
      onProgress: ({ stage }) => {
        if (stage.startsWith("gathering states")) windows++;
      },
      corpus: async () => ok(await statisticsCorpus(randomTexts(TEXTS))),
    });
    const loading = openMomentStore(source).load([1], "last-prompt");
    while (windows < 2) await new Promise((resolve) => setImmediate(resolve));
    seen.push(await filesOf());
    unwrap(await loading);
    expect(seen[0]).toEqual([expect.stringMatching(/\.checkpoint$/)]);
    expect(await filesOf()).toEqual([expect.stringMatching(/\.moment$/)]);
  });

  it("computes again what was cut short or altered", async () => {
    const computed = unwrap(await openMomentStore(sourceOf()).load([1], "last-prompt"));
    const [path] = (await filesOf()) as [string];
    const whole = await readFile(path);
    const altered = Uint8Array.from(whole);
    altered[altered.length - 3]! ^= 1;
    for (const damaged of [whole.subarray(0, whole.length - 8), altered, whole.subarray(0, 10)]) {
      await writeFile(path, damaged);
      windows = 0;
      expect(unwrap(await openMomentStore(sourceOf()).load([1], "last-prompt"))).toEqual(computed);
      expect(windows).toBe(3);
    }
  });
});
