import { beforeEach, describe, expect, it } from "vitest";
import type { Completion } from "../../src/wire/completion.ts";
import { openEngine } from "../engine/support/engines.ts";
import { tinyEmbedding } from "../fixtures/tiny-model.ts";
import { correctionOf } from "./support/correction.ts";
import { bundleOf } from "./support/publisher.ts";
import { NOW, refusalOf, startService, type TestService, tinyFiles } from "./support/service.ts";
import { twinOf } from "./support/twin.ts";

const GREEDY = { prompt: "The capital of France is", temperature: 0, max_tokens: 8 };

let service: TestService;

const complete = (body: object): Promise<Response> =>
  service.call("POST", "/v1/completions", { body: { ...GREEDY, ...body } });

/** An isolate holds one model, so the other is answered from only once nobody uses the first. */
const expectFree = async () => expect((await complete({ model: "twin" })).status).toBe(200);

beforeEach(async () => {
  service = await startService();
  const twin = await twinOf(service.files);
  await service.stores.blobs.put(twin.model.digests.tokenizer, twin.tokenizer);
  await service.stores.models.register(twin.model, NOW);
});

describe("a model in use", () => {
  it("keeps its place while a stream is under way, and answers it to the end", async () => {
    const whole = (await (await complete({})).json()) as Completion;
    const reader = (await complete({ stream: true })).body!.getReader();
    let text = new TextDecoder().decode((await reader.read()).value);
    expect(await refusalOf(await complete({ model: "twin" }))).toMatchObject({
      status: 503,
      code: "model_not_loaded",
    });
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += new TextDecoder().decode(part.value);
    const events = text.split("\n\n").slice(0, -2);
    const texts = events.map((event) => (JSON.parse(event.slice(6)) as Completion).choices[0]?.text);
    expect(texts.join("")).toBe(whole.choices[0]?.text);
    await expectFree();
  });
});

describe("a model is free again after", () => {
  it.each([
    ["a whole answer", {}, 200],
    ["a score", { errata: { score: " Oslo" } }, 200],
    ["a score that is refused", { errata: { score: "x".repeat(400) } }, 400],
    ["a prompt that is refused", { prompt: "word ".repeat(100) }, 400],
    ["a stream that is refused", { prompt: "word ".repeat(100), stream: true }, 400],
  ])("%s", async (_, body, status) => {
    expect((await complete(body)).status).toBe(status);
    await expectFree();
  });

  it("a stream that was cancelled", async () => {
    const reader = (await complete({ stream: true })).body!.getReader();
    await reader.read();
    await reader.cancel();
    await expectFree();
  });

  it("a stream whose client hung up, though nobody cancelled it", async () => {
    const hangUp = new AbortController();
    const body = { ...GREEDY, stream: true };
    const response = await service.call("POST", "/v1/completions", { body, signal: hangUp.signal });
    const reader = response.body!.getReader();
    await reader.read();
    hangUp.abort();
    await expect(reader.read()).rejects.toThrow("aborted");
    await expectFree();
  });

  it("patches that could not be read, or a store that threw", async () => {
    const engine = await openEngine(await tinyFiles());
    const patch = await correctionOf(engine, tinyEmbedding, GREEDY.prompt, " Oslo");
    const bundle = await bundleOf(engine.model, [patch]);
    expect((await service.publish(bundle)).status).toBe(201);
    const bytes = service.blobs.get([...bundle.blobs.keys()][0]!)!;
    bytes[bytes.length - 1]! ^= 1;
    expect(await refusalOf(await complete({ model: "tiny@1" }))).toMatchObject({ code: "corrupt_store" });
    await expectFree();
    service.stores.blobs.getMany = () => Promise.reject(new Error("the database cannot be reached"));
    expect(await refusalOf(await complete({ model: "tiny@1" }))).toMatchObject({ code: "internal" });
    await expectFree();
  });
});
