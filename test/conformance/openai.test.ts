import OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { openEngine } from "../engine/support/engines.ts";
import { tinyEmbedding } from "../fixtures/tiny-model.ts";
import { correctionOf } from "../http/support/correction.ts";
import { bundleOf } from "../http/support/publisher.ts";
import { ADMIN_TOKEN, startService, type TestService, tinyFiles } from "../http/support/service.ts";

const PROMPT = "The capital of France is";
const GREEDY = { model: "tiny", prompt: PROMPT, temperature: 0, max_tokens: 6 } as const;

let service: TestService;

/** OpenAI's own client, its requests going straight into the app. */
const clientWith = (apiKey: string): OpenAI =>
  new OpenAI({
    apiKey,
    baseURL: "http://127.0.0.1:8787/v1",
    maxRetries: 0,
    fetch: async (url, init) => {
      const request = new Request(url as string, init as RequestInit);
      return service.call(request.method, new URL(request.url).pathname, {
        ...(request.body ? { body: await request.text() } : {}),
        headers: Object.fromEntries(request.headers),
        token: apiKey,
      });
    },
  });

let client: OpenAI;

beforeAll(async () => {
  service = await startService();
  client = clientWith(ADMIN_TOKEN);
  const engine = await openEngine(await tinyFiles());
  const patch = await correctionOf(engine, tinyEmbedding, PROMPT, " Oslo");
  await service.publish(await bundleOf(engine.model, [patch]));
});

describe("the npm package openai", () => {
  it("C1 completes", async () => {
    const completion = await client.completions.create(GREEDY);
    expect(completion.object).toBe("text_completion");
    expect(completion.model).toBe("tiny");
    expect(completion.choices[0]?.finish_reason).toMatch(/^(stop|length)$/);
    expect(completion.usage?.total_tokens).toBe(
      completion.usage!.prompt_tokens + completion.usage!.completion_tokens,
    );
  });

  it("C2 completes as a stream, chunk by chunk, with the same text", async () => {
    const whole = await client.completions.create(GREEDY);
    const stream = await client.completions.create({
      ...GREEDY,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.text)).join("")).toBe(
      whole.choices[0]?.text,
    );
    expect(chunks.at(-1)?.usage).toEqual(whole.usage);
    expect(chunks.length).toBeGreaterThan(2);
  });

  it("C3 reads log-probabilities, of the echoed prompt too", async () => {
    const completion = await client.completions.create({ ...GREEDY, max_tokens: 1, echo: true, logprobs: 3 });
    const logprobs = completion.choices[0]?.logprobs;
    expect(logprobs?.tokens?.join("")).toBe(completion.choices[0]?.text);
    expect(logprobs?.token_logprobs).toHaveLength(logprobs!.tokens!.length);
    expect(logprobs?.top_logprobs).toHaveLength(logprobs!.tokens!.length);
    expect(logprobs?.text_offset?.[0]).toBe(0);
  });

  it("C4 completes several prompts at once", async () => {
    const completion = await client.completions.create({ ...GREEDY, prompt: [PROMPT, "The author"] });
    expect(completion.choices.map((choice) => choice.index)).toEqual([0, 1]);
  });

  it("C5 stops before a stop sequence", async () => {
    const free = (await client.completions.create(GREEDY)).choices[0]!.text;
    const stop = free.slice(2, 4);
    const stopped = (await client.completions.create({ ...GREEDY, stop })).choices[0]!;
    expect(stopped.text).toBe(free.slice(0, free.indexOf(stop)));
    expect(stopped.finish_reason).toBe("stop");
  });

  it("C6 selects patches by the model's name", async () => {
    const patched = await client.completions.create({ ...GREEDY, model: "tiny@1" });
    expect(patched.choices[0]?.text).toBe(" Oslo");
    const bare = await client.completions.create({ ...GREEDY, model: "tiny@none" });
    expect(bare.choices[0]?.text).not.toBe(" Oslo");
  });

  it("C7 lists and retrieves models", async () => {
    const listed = [];
    for await (const model of client.models.list()) listed.push(model);
    expect(listed.map((model) => model.id)).toEqual(["tiny"]);
    expect(await client.models.retrieve("tiny")).toMatchObject({ object: "model", owned_by: "errata" });
  });

  it("C8 raises its own error classes, with the code and the field", async () => {
    await expect(client.completions.create({ ...GREEDY, model: "mars" })).rejects.toMatchObject({
      constructor: OpenAI.NotFoundError,
      code: "unknown_model",
      param: "model",
      type: "not_found_error",
    });
    await expect(client.completions.create({ ...GREEDY, n: 2 })).rejects.toMatchObject({
      constructor: OpenAI.BadRequestError,
      code: "unsupported_value",
      param: "n",
    });
    await expect(clientWith("wrong").completions.create(GREEDY)).rejects.toBeInstanceOf(
      OpenAI.AuthenticationError,
    );
  });
});
