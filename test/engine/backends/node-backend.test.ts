import { expect, test } from "vitest";
import { createNodeBackend, DEFAULT_NODE_THREADS } from "../../../src/engine/backends/node/node-backend.ts";
import { loadKernels } from "../../../wasm/load-kernels.ts";
import { backendContract } from "../../contract/backend/backend-contract.ts";
import { referenceTraces } from "../../contract/backend/reference-traces.ts";
import { tinyModel } from "../../fixtures/tiny-model.ts";

backendContract("Node", {
  open: () => createNodeBackend(),
  readModel: async () => {
    const { tokenizer, ...files } = await tinyModel();
    return { ...files, tokenizerJson: new TextDecoder().decode(tokenizer), kernels: await loadKernels() };
  },
  readTraces: async () => referenceTraces(await tinyModel()),
});

test("the Node backend says how many threads it uses, and that memory alone bounds a model", async () => {
  const backend = await createNodeBackend();
  expect(backend).toMatchObject({
    name: "node",
    limits: { weightsBytes: null, threads: DEFAULT_NODE_THREADS },
  });
  expect((await createNodeBackend({ threads: 2 })).limits.threads).toBe(2);
  expect(backend.heapBytes()).toBeNull();
});
