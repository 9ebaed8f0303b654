import { describe, expect, it } from "vitest";
import type { Digest } from "../../../src/core/digest.ts";
import { problem } from "../../../src/core/problem.ts";
import { fail, ok, type Result } from "../../../src/core/result.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { type EngineLease, EnginePool } from "../../../src/service/answering/engine-pool.ts";
import { must, openEngine } from "../../engine/support/engines.ts";
import { tinyFiles } from "../../http/support/service.ts";

const digestFor = (name: string): Digest => `sha256:${name.repeat(64)}`;

/** What happened to the models of a pool, in order. */
const watch = () => {
  const log: string[] = [];
  const load = (name: string) => async () => {
    log.push(`load ${name}`);
    const engine = await openEngine(await tinyFiles());
    const release = () => {
      log.push(`release ${name}`);
      return engine.release();
    };
    return ok<Engine>({
      model: engine.model,
      tokenizer: engine.tokenizer,
      limits: engine.limits,
      admit: engine.admit.bind(engine),
      generate: engine.generate.bind(engine),
      score: engine.score.bind(engine),
      query: engine.query.bind(engine),
      release,
    });
  };
  const acquire = (pool: EnginePool, name: string): Promise<Result<EngineLease>> =>
    pool.acquire(digestFor(name), load(name));
  return { log, acquire };
};

/** Whether the engine still computes; a released session rejects. */
const computes = async (lease: EngineLease): Promise<boolean> => (await lease.engine.query("The", [1])).ok;

describe("a pool of one model", () => {
  it("loads once for requests that come together, and hands all of them the same engine", async () => {
    const { log, acquire } = watch();
    const pool = new EnginePool(1);
    const leases = (await Promise.all([acquire(pool, "a"), acquire(pool, "a"), acquire(pool, "a")])).map(
      must,
    );
    expect(new Set(leases.map(({ engine }) => engine)).size).toBe(1);
    expect(log).toEqual(["load a"]);
  });

  it("keeps an idle model until another needs its place, and releases it before that one loads", async () => {
    const { log, acquire } = watch();
    const pool = new EnginePool(1);
    must(await acquire(pool, "a")).release();
    must(await acquire(pool, "a")).release();
    const other = must(await acquire(pool, "b"));
    expect(log).toEqual(["load a", "release a", "load b"]);
    expect(await computes(other)).toBe(true);
    other.release();
    expect(await computes(must(await acquire(pool, "a")))).toBe(true);
    expect(log).toEqual(["load a", "release a", "load b", "release b", "load a"]);
  });

  it("refuses a second model while the first is in use by anybody, and takes it once nobody is", async () => {
    const { log, acquire } = watch();
    const pool = new EnginePool(1);
    const [first, second] = [must(await acquire(pool, "a")), must(await acquire(pool, "a"))];
    const refused = { ok: false, problem: { code: "model_not_loaded" } };
    expect(await acquire(pool, "b")).toMatchObject(refused);
    first.release();
    first.release();
    expect(await acquire(pool, "b")).toMatchObject(refused);
    expect(await computes(second)).toBe(true);
    second.release();
    expect(await acquire(pool, "b")).toMatchObject({ ok: true });
    expect(log).toEqual(["load a", "release a", "load b"]);
  });

  it("refuses a second model while the first loads", async () => {
    const { acquire } = watch();
    const pool = new EnginePool(1);
    const [first, second] = await Promise.all([acquire(pool, "a"), acquire(pool, "b")]);
    expect(second).toMatchObject({ ok: false, problem: { code: "model_not_loaded" } });
    expect(await computes(must(first))).toBe(true);
  });

  it("gives the place to one of two models that ask for it together", async () => {
    const { log, acquire } = watch();
    const pool = new EnginePool(1);
    must(await acquire(pool, "a")).release();
    const [b, c] = await Promise.all([acquire(pool, "b"), acquire(pool, "c")]);
    expect(await computes(must(b))).toBe(true);
    expect(c).toMatchObject({ ok: false, problem: { code: "model_not_loaded" } });
    expect(log).toEqual(["load a", "release a", "load b"]);
  });

  it("forgets a load that fails or throws, with all who waited for it, and tries again", async () => {
    const { acquire } = watch();
    const pool = new EnginePool(1);
    const damaged = fail(problem("corrupt_store", "damaged"));
    const failing = () => pool.acquire(digestFor("a"), async () => damaged);
    expect(await Promise.all([failing(), failing()])).toEqual([damaged, damaged]);
    await expect(pool.acquire(digestFor("a"), () => Promise.reject(new Error("no bucket")))).rejects.toThrow(
      "no bucket",
    );
    must(await acquire(pool, "a")).release();
    expect(await acquire(pool, "b")).toMatchObject({ ok: true });
  });
});

describe("a pool of two models", () => {
  it("lets the one idle longest go", async () => {
    const { log, acquire } = watch();
    const pool = new EnginePool(2);
    for (const name of ["a", "b", "a", "c"]) must(await acquire(pool, name)).release();
    expect(log).toEqual(["load a", "load b", "release b", "load c"]);
  });

  it("passes over one in use, though it is the older", async () => {
    const { log, acquire } = watch();
    const pool = new EnginePool(2);
    const kept = must(await acquire(pool, "a"));
    must(await acquire(pool, "b")).release();
    must(await acquire(pool, "c")).release();
    expect(log).toEqual(["load a", "load b", "release b", "load c"]);
    expect(await computes(kept)).toBe(true);
  });
});
