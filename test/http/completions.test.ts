import { beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { Completion } from "../../src/wire/completion.ts";
import { openEngine } from "../engine/support/engines.ts";
import { tinyEmbedding } from "../fixtures/tiny-model.ts";
import { correctionOf } from "./support/correction.ts";
import { bundleOf } from "./support/publisher.ts";
import { refusalOf, startService, type TestService, tinyFiles } from "./support/service.ts";

const PROMPT = "The capital of France is";
const GREEDY = { prompt: PROMPT, temperature: 0, max_tokens: 8 };

let service: TestService;
let engine: Engine;

const complete = (body: object): Promise<Response> => service.call("POST", "/v1/completions", { body });
const completion = async (body: object): Promise<Completion> =>
  (await (await complete(body)).json()) as Completion;
const move = (path: string, body: object) =>
  service.call("POST", `/v1/models/tiny/channels/stable/${path}`, { body: { message: "test", ...body } });
const eventsOf = (text: string): string[] =>
  text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => event.replace(/^data: /, ""));

beforeAll(async () => {
  engine = await openEngine(await tinyFiles());
  service = await startService();
  const patch = await correctionOf(engine, tinyEmbedding, PROMPT, " Oslo");
  const published = await service.publish(await bundleOf(engine.model, [patch]));
  expect(published.status).toBe(201);
});

describe("a completion", () => {
  it("has OpenAI's shape and counts its tokens", async () => {
    const answer = await completion(GREEDY);
    expect(answer).toMatchObject({
      object: "text_completion",
      model: "tiny",
      created: 1_795_435_200,
      usage: { prompt_tokens: engine.tokenizer.encode(PROMPT).length },
    });
    expect(answer.id).toMatch(/^cmpl-[0-9a-f]{24}$/);
    expect(answer.choices).toHaveLength(1);
    expect(answer.choices[0]).toMatchObject({ index: 0, logprobs: null });
  });

  it("gives one choice for each of several prompts, as if each had been asked alone", async () => {
    const both = await completion({ ...GREEDY, prompt: [PROMPT, "The author of the book is"] });
    const second = await completion({ ...GREEDY, prompt: "The author of the book is" });
    expect(both.choices.map((choice) => choice.index)).toEqual([0, 1]);
    expect(both.choices[1]?.text).toBe(second.choices[0]?.text);
  });

  it("takes token ids, and lists of them, as the text they stand for", async () => {
    const ids = [...engine.tokenizer.encode(PROMPT)];
    const text = (await completion(GREEDY)).choices[0]?.text;
    expect((await completion({ ...GREEDY, prompt: ids })).choices[0]?.text).toBe(text);
    expect((await completion({ ...GREEDY, prompt: [ids, ids] })).choices[1]?.text).toBe(text);
  });

  it("echoes the prompt with a log-probability for every token but the first", async () => {
    const echoed = await completion({ ...GREEDY, echo: true, logprobs: 2, max_tokens: 0 });
    const choice = echoed.choices[0]!;
    expect(choice.text).toBe(PROMPT);
    expect(choice.logprobs?.tokens.join("")).toBe(PROMPT);
    expect(choice.logprobs?.token_logprobs[0]).toBeNull();
    expect(choice.logprobs?.token_logprobs.slice(1).every((value) => value !== null && value < 0)).toBe(true);
    expect(choice.logprobs?.text_offset).toEqual(
      choice.logprobs?.tokens.map((_, at) => choice.logprobs!.tokens.slice(0, at).join("").length),
    );
    expect(Object.keys(choice.logprobs?.top_logprobs?.[1] ?? {})).toHaveLength(2);
  });

  it("reads a special token that a prompt spells as text, and takes the token itself by its id", async () => {
    const prompt = "The<|endoftext|> capital";
    const spelled = await completion({ ...GREEDY, prompt, echo: true, max_tokens: 0, logprobs: 0 });
    expect(spelled.choices[0]?.text).toBe(prompt);
    expect(spelled.choices[0]?.logprobs?.tokens).not.toContain("<|endoftext|>");
    const end = engine.model.specialTokens.end;
    const ids = [...engine.tokenizer.encode("The"), end, ...engine.tokenizer.encode(" capital")];
    const meant = await completion({ ...GREEDY, prompt: ids, echo: true, max_tokens: 0, logprobs: 0 });
    expect(meant.choices[0]?.logprobs?.tokens).toContain("<|endoftext|>");
    expect(meant.usage!.prompt_tokens).toBeLessThan(spelled.usage!.prompt_tokens);
  });

  it("repeats a sampled answer under the same seed", async () => {
    const sampled = { prompt: PROMPT, seed: 11, max_tokens: 8 };
    const first = (await completion(sampled)).choices[0]?.text;
    expect((await completion(sampled)).choices[0]?.text).toBe(first);
  });

  it("ignores fields that it does not know", async () => {
    expect((await complete({ ...GREEDY, tools: [], made_up: 1, user: "somebody" })).status).toBe(200);
  });

  it("scores a text instead of generating, as the engine does", async () => {
    const answer = await completion({ ...GREEDY, errata: { score: " Oslo" } });
    const direct = await engine.score(PROMPT, " Oslo", {
      digest: "none",
      codebooks: [],
      neurons: [],
      lowRanks: [],
      bytes: 0,
    });
    if (!direct.ok) throw new Error(direct.problem.message);
    expect(answer.choices).toEqual([]);
    expect(answer.errata?.score?.tokenLogprobs).toEqual(direct.value.tokens.map((token) => token.logprob));
    expect(answer.errata?.score?.sum).toBeCloseTo(
      direct.value.tokens.reduce((sum, token) => sum + token.logprob, 0),
      6,
    );
  });
});

describe("a stream", () => {
  it("carries the same text in pieces, then where it comes from, then [DONE]", async () => {
    const response = await complete({ ...GREEDY, stream: true });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const events = eventsOf(await response.text());
    expect(events.at(-1)).toBe("[DONE]");
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event) as Completion);
    expect(chunks.map((chunk) => chunk.choices[0]?.text).join("")).toBe(
      (await completion(GREEDY)).choices[0]?.text,
    );
    expect(chunks.filter((chunk) => chunk.errata)).toHaveLength(1);
    expect(chunks.at(-1)?.errata?.patchSet).toBe("none");
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toMatch(/^(stop|length)$/);
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
    expect(chunks.every((chunk) => !("usage" in chunk))).toBe(true);
  });

  it("ends with the token counts where the client asks for them", async () => {
    const body = { ...GREEDY, stream: true, stream_options: { include_usage: true } };
    const events = eventsOf(await (await complete(body)).text());
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event) as Completion);
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage).toEqual((await completion(GREEDY)).usage);
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });

  it("refuses a bad prompt with a status, not within the stream", async () => {
    const response = await complete({ ...GREEDY, stream: true, prompt: "word ".repeat(100) });
    expect(response.status).toBe(400);
  });
});

describe("a release", () => {
  it("changes the answer, which names the patch, and a rollback restores every byte", async () => {
    const before = await (await completion(GREEDY)).choices;
    expect((await move("release", { version: 1 })).status).toBe(200);

    const response = await complete(GREEDY);
    const after = (await response.json()) as Completion;
    expect(after.choices[0]?.text).toBe(" Oslo");
    expect(after.choices[0]?.finish_reason).toBe("stop");
    expect(after.errata).toMatchObject({ version: 1, channel: "stable", sequence: 1, attached: 1 });
    expect(after.errata?.fired).toEqual([
      {
        patch: "grace-1",
        kind: "codebook",
        layer: 2,
        edit: PROMPT,
        hotfix: null,
        distance: expect.any(Number),
        radius: Math.fround(0.05),
      },
    ]);
    expect(after.errata?.nearest?.hit).toBe(true);
    expect(response.headers.get("errata-bundle")).toBe(after.errata?.bundle);
    expect(response.headers.get("errata-version")).toBe("1");
    expect(response.headers.get("errata-channel")).toBe("stable");
    expect(response.headers.get("errata-patch-set")).toBe(after.errata?.bundle);
    expect(response.headers.get("server-timing")).toMatch(
      /^pointer;dur=[\d.]+, load;dur=[\d.]+, prefill;dur=[\d.]+, decode;dur=[\d.]+$/,
    );

    expect((await move("rollback", {})).status).toBe(200);
    const restored = await completion(GREEDY);
    expect(JSON.stringify(restored.choices)).toBe(JSON.stringify(before));
    expect(restored.errata).toMatchObject({ bundle: null, version: null, sequence: 2, attached: 0 });
  });

  it("is passed by where a request names a version, a bundle, or none", async () => {
    const patched = await completion({ ...GREEDY, model: "tiny@1" });
    expect(patched.choices[0]?.text).toBe(" Oslo");
    expect(patched.errata).toMatchObject({ version: 1, channel: null, sequence: null });
    const byId = await completion({ ...GREEDY, model: `tiny@${patched.errata?.bundle}` });
    expect(byId.choices[0]?.text).toBe(" Oslo");
    const bare = await complete({ ...GREEDY, model: "tiny@none" });
    expect(bare.headers.get("errata-bundle")).toBe("none");
    expect(bare.headers.get("errata-version")).toBe("none");
    expect(((await bare.json()) as Completion).choices[0]?.text).not.toBe(" Oslo");
  });

  it("leaves a prompt outside the radius alone, and reports the near miss", async () => {
    const prompt = "The author of the book is";
    const bare = await completion({ ...GREEDY, prompt, model: "tiny@none" });
    const patched = await completion({ ...GREEDY, prompt, model: "tiny@1" });
    expect(patched.choices[0]?.text).toBe(bare.choices[0]?.text);
    expect(patched.errata?.fired).toEqual([]);
    expect(patched.errata?.nearest).toMatchObject({ patch: "grace-1", hit: false });
    expect(patched.errata!.nearest!.distance).toBeGreaterThan(patched.errata!.nearest!.radius);
  });
});

describe("a client that hangs up", () => {
  it("is not decoded for any further, nor for its other prompts", async () => {
    const hangUp = new AbortController();
    hangUp.abort();
    const body = { ...GREEDY, prompt: [PROMPT, PROMPT], max_tokens: 40 };
    const response = await service.call("POST", "/v1/completions", { body, signal: hangUp.signal });
    expect(await refusalOf(response)).toMatchObject({ status: 499, code: "cancelled" });
  });

  it("ends its stream early, and frees the model for the next request", async () => {
    const response = await complete({ ...GREEDY, stream: true });
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    expect((await complete(GREEDY)).status).toBe(200);
  });
});
