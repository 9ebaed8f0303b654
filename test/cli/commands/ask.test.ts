import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { openEngine } from "../../engine/support/engines.ts";
import { tinyEmbedding } from "../../fixtures/tiny-model.ts";
import { correctionOf } from "../../http/support/correction.ts";
import { bundleOf } from "../../http/support/publisher.ts";
import { openCli, type TestCli } from "../support/cli.ts";

const PROMPT = "The capital of France is";
const OTHER = "The author of the book is";

let cli: TestCli;
let engine: Engine;

beforeAll(async () => {
  cli = await openCli();
  engine = await openEngine(cli.service.files);
  const patch = await correctionOf(engine, tinyEmbedding, PROMPT, " Oslo", "france");
  await cli.writeBundle("bundle", await bundleOf(engine.model, [patch]));
  await cli.run("publish", "bundle");
  await cli.run("release", "1", "--model", "tiny", "--message", "test");
});
afterAll(async () => {
  await engine.release();
  await cli.close();
});

describe("errata ask", () => {
  it("prints the answer and the patch that made it", async () => {
    const { exit, out } = await cli.run("ask", PROMPT, "--model", "tiny");
    expect(exit).toBe(0);
    expect(out).toMatch(
      /^ Oslo\nanswered by version 1 on tiny@stable\npatched by france: codebook, layer 2, distance \S+ within radius 0\.05000; edit "The capital of France is"\n$/,
    );
  });

  it("streams the same answer", async () => {
    const whole = await cli.run("ask", PROMPT, "--model", "tiny");
    const streamed = await cli.run("ask", PROMPT, "--model", "tiny", "--stream");
    expect(streamed.out).toBe(whole.out);
    const json = await cli.run("ask", PROMPT, "--model", "tiny", "--stream", "--json");
    expect(json.json()).toMatchObject({ text: " Oslo", finishReason: "stop", errata: { version: 1 } });
  });

  it("answers as before under none", async () => {
    const { json } = await cli.run("ask", PROMPT, "--model", "tiny@none", "--max-tokens", "4", "--json");
    expect(json()).toMatchObject({ errata: { version: null, attached: 0, fired: [] } });
    expect((json() as { text: string }).text).not.toContain("Oslo");
  });

  it("shows the nearest entry where nothing fired, and on request where something did", async () => {
    const { out } = await cli.run("ask", OTHER, "--model", "tiny@1", "--max-tokens", "1");
    expect(out).toContain("answered by version 1\nnone of 1 patch fired\n");
    expect(out).toMatch(/nearest entry: france, distance \S+, outside of its radius 0\.05000\n$/);
    const hit = await cli.run("ask", PROMPT, "--model", "tiny", "--nearest");
    expect(hit.out).toMatch(/nearest entry: france, distance \S+, within its radius 0\.05000\n$/);
    const bare = await cli.run("ask", OTHER, "--model", "tiny@none", "--max-tokens", "1");
    expect(bare.out).not.toContain("nearest");
  });

  it("ends with 2 for a prompt that is too long", async () => {
    const { exit, json } = await cli.run("ask", "word ".repeat(200), "--model", "tiny", "--json");
    expect(exit).toBe(2);
    expect(json()).toMatchObject({ error: { code: "prompt_too_long" } });
  });

  it("ends with 4 for a channel that there is not", async () => {
    expect((await cli.run("ask", PROMPT, "--model", "tiny@nowhere")).exit).toBe(4);
  });
});
