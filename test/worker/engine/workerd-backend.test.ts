import { expect, test } from "vitest";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import { createWorkerdBackend } from "../../../src/engine/backends/workerd/workerd-backend.ts";
import { createEngine } from "../../../src/engine/engine.ts";
import { kernels } from "../../../wasm/kernels.ts";
import { backendContract } from "../../contract/backend/backend-contract.ts";
import { readModelFiles, readRepositoryJson } from "../support/model-files.ts";

const MEGABYTE = 2 ** 20;

backendContract("workerd", {
  open: createWorkerdBackend,
  readModel: async () => ({ ...(await readModelFiles("generated/tiny")), kernels }),
  readTraces: () => readRepositoryJson("generated/tiny/reference-traces.json"),
});

test("the workerd backend says what fits an isolate", async () => {
  const backend = await createWorkerdBackend();
  expect(backend).toMatchObject({ name: "workerd", limits: { weightsBytes: 45_000_000, threads: 1 } });
  expect(backend.heapBytes()).toBeGreaterThan(0);
});

test("holds a model of the default model's size in a fraction of an isolate's 128 MB", async () => {
  const backend = await createWorkerdBackend();
  const files = await readModelFiles("generated/world-sized");
  const engine = await createEngine({ ...files, backend, kernels, now: () => Date.now() });
  if (!engine.ok) throw new Error(engine.problem.message);
  const prompt = Array.from({ length: engine.value.limits.promptTokens }, (_, i) => i);
  const greedy = { maxTokens: 1, temperature: 0, topP: 1, seed: 0, stop: [], logprobs: null, echo: false };
  for await (const event of engine.value.generate({ prompt, ...greedy }, EMPTY_PATCH_SET))
    expect(["token", "finish"]).toContain(event.kind);
  // 17 MB of runtime and the weights for each of two graphs: more means that some are held once more.
  expect(backend.heapBytes()! / MEGABYTE).toBeLessThan(62);
  await engine.value.release();
});
