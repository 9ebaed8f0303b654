import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { problem } from "../../../src/core/problem.ts";
import { fail, ok } from "../../../src/core/result.ts";
import { openJobStore, RESULTS_FILE } from "../../../src/workshop/jobs/job-store.ts";

let root: string;
let directory: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "errata-job-"));
  directory = join(root, "job");
});
afterEach(() => rm(root, { recursive: true }));

const never = () => Promise.reject(new Error("computed again"));
const path = () => join(directory, RESULTS_FILE);

/** A store with the values 0, 1, ... under the same keys, closed again. */
const keep = async (count: number) => {
  const store = await openJobStore(directory);
  for (let i = 0; i < count; i++) await store.remember(String(i), async () => ok(i));
  await store.close();
};

describe("the store of a job", () => {
  it("gives back every bit of what it was given, and computes nothing again", async () => {
    const floats = new Float32Array(
      new Uint32Array([0x7fc12345, 1, 0x80000000, 0x3dcccccd, 0xff800000]).buffer,
    );
    const chain = { values: floats.subarray(1, 4), targets: [3, 4] };
    const value = {
      doubles: Float64Array.of(0.1, -0, Number.MIN_VALUE),
      losses: [1 / 3],
      entries: [{ chain }, { chain }],
      none: null,
    };
    const first = await openJobStore(directory);
    await first.remember("a", async () => ok(value));
    await first.close();
    const second = await openJobStore(directory);
    expect([first.held, second.held]).toEqual([0, 1]);
    const held = await second.remember<typeof value>("a", never);
    await second.close();
    if (!held.ok) throw new Error(held.problem.message);
    expect(held.value).toEqual(value);
    expect(Buffer.from(held.value.doubles.buffer, held.value.doubles.byteOffset, 24)).toEqual(
      Buffer.from(value.doubles.buffer),
    );
    const { chain: one } = held.value.entries[0]!;
    expect(held.value.entries[1]!.chain).toBe(one);
    expect(Buffer.from(one.values.buffer, one.values.byteOffset, 12)).toEqual(
      Buffer.from(floats.buffer, 4, 12),
    );
  });

  it("keeps no failure", async () => {
    const store = await openJobStore(directory);
    const failed = await store.remember("a", async () => fail(problem("edit_not_converged", "stuck")));
    expect(failed.ok).toBe(false);
    expect(await store.remember("a", async () => ok(7))).toEqual(ok(7));
    expect(store.kept()).toBe(1);
    await store.close();
  });

  it("drops a record that was torn anywhere, and goes on behind those before it", async () => {
    await keep(3);
    const whole = await readFile(path());
    const record = whole.length / 3;
    for (const cut of [1, 2 * record + 1, 2 * record + 36, whole.length - 1]) {
      await writeFile(path(), whole.subarray(0, cut));
      const store = await openJobStore(directory);
      expect(store.held).toBe(Math.floor(cut / record));
      expect(await store.remember("2", async () => ok(22))).toEqual(ok(22));
      await store.close();
      const again = await openJobStore(directory);
      expect(await again.remember("2", never)).toEqual(ok(22));
      await again.close();
    }
  });

  it("believes nothing from a byte that has changed on", async () => {
    await keep(3);
    const bytes = await readFile(path());
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    await writeFile(path(), bytes);
    await appendFile(path(), "rubbish");
    const store = await openJobStore(directory);
    expect(store.held).toBe(1);
    await store.close();
  });

  it("leaves nothing once it is removed", async () => {
    await keep(1);
    const store = await openJobStore(directory);
    await store.close();
    await store.remove();
    expect(await readdir(root)).toEqual([]);
  });
});
