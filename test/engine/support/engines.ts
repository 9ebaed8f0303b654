import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import type { PatchSet } from "../../../src/core/patch/patch-set.ts";
import type { Result } from "../../../src/core/result.ts";
import { createNodeBackend } from "../../../src/engine/backends/node/node-backend.ts";
import { createEngine, type Engine } from "../../../src/engine/engine.ts";
import type { FinishEvent, GenerationRequest, TokenEvent } from "../../../src/engine/generation.ts";
import { openSessions } from "../../../src/engine/runner/model-sessions.ts";
import { Runner } from "../../../src/engine/runner/runner.ts";
import { loadKernels } from "../../../wasm/load-kernels.ts";

/** The value of a result that a test needs to be a success. */
export const must = <Value>(result: Result<Value>): Value => {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
};

/** An engine on onnxruntime-node. */
export const openEngine = async ({
  model,
  graph,
  plain,
  weights,
  tokenizer,
}: PreparedFiles): Promise<Engine> =>
  must(
    await createEngine({
      model,
      graph,
      plain,
      weights,
      kernels: await loadKernels(),
      tokenizerJson: new TextDecoder().decode(tokenizer),
      backend: await createNodeBackend(),
      now: () => performance.now(),
    }),
  );

/** A loaded model below the engine, for tests that look at logits. */
export const openRunner = async (files: PreparedFiles): Promise<Runner> => {
  const { model } = files;
  const backend = await createNodeBackend();
  const sessions = must(await openSessions(backend, files));
  return new Runner(model, backend, sessions, await loadKernels());
};

/** A greedy request for `prompt`; `changes` set the rest. */
export const request = (
  prompt: GenerationRequest["prompt"],
  changes: Partial<GenerationRequest> = {},
): GenerationRequest => ({
  prompt,
  maxTokens: 12,
  temperature: 0,
  topP: 1,
  seed: 1,
  stop: [],
  logprobs: null,
  echo: false,
  ...changes,
});

/** A whole generation: its events, joined. */
export interface Answer {
  readonly text: string;
  readonly ids: readonly number[];
  readonly tokens: TokenEvent["tokens"];
  readonly events: readonly TokenEvent[];
  readonly finish: FinishEvent;
}

/** Runs a request to its end. */
export const answerTo = async (
  engine: Engine,
  request: GenerationRequest,
  patches: PatchSet,
  signal?: AbortSignal,
): Promise<Answer> => {
  const events: TokenEvent[] = [];
  for await (const event of engine.generate(request, patches, signal)) {
    if (event.kind === "token") events.push(event);
    else {
      const tokens = events.flatMap((event) => event.tokens);
      const text = events.map((event) => event.text).join("");
      return { text, ids: tokens.map(({ id }) => id), tokens, events, finish: event };
    }
  }
  throw new Error("the generation ended without a finish event");
};
