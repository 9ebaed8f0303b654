import type { Backend } from "../../../src/engine/backends/backend.ts";
import { createWorkerdBackend, WORKERD } from "../../../src/engine/backends/workerd/workerd-backend.ts";
import { createEngine } from "../../../src/engine/engine.ts";
import { createApp } from "../../../src/http/app.ts";
import { createMemoryStores } from "../../../src/store/memory/memory-stores.ts";
import { kernels } from "../../../wasm/kernels.ts";

/** Milliseconds that each run waits: a model slow enough for a client to hang up on. */
const RUN_WAIT_MS = 40;

const stores = createMemoryStores();
let runs = 0;

/** The Worker's own backend, its runs counted and slowed down. */
const createSlowBackend = async (): Promise<Backend> => {
  const backend = await createWorkerdBackend();
  return {
    ...backend,
    createSession: async (graph, weights) => {
      const created = await backend.createSession(graph, weights);
      if (!created.ok) return created;
      const session = created.value;
      const run: typeof session.run = async (feeds, fetches) => {
        runs += 1;
        await new Promise((resolve) => setTimeout(resolve, RUN_WAIT_MS));
        return session.run(feeds, fetches);
      };
      return { ok: true, value: { run, release: () => session.release() } };
    },
  };
};

const app = createApp({
  stores,
  backend: WORKERD,
  openEngine: async (model, { tokenizer, ...files }) =>
    createEngine({
      // An end that no sampler can pick: every answer has its full length.
      model: { ...model, specialTokens: { ...model.specialTokens, end: model.dims.vocabulary } },
      ...files,
      kernels,
      tokenizerJson: new TextDecoder().decode(tokenizer),
      backend: await createSlowBackend(),
      now: () => 0,
    }),
  trustedKeys: {},
  defaults: { model: "tiny", channel: "stable" },
  adminToken: "test",
  now: () => new Date(0),
  clock: () => 0,
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  log: console.error,
});

/** The service on stores in memory and a slow model; `/runs` says how often the model ran since it was last asked. */
export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/runs") return app.fetch(request, env, context);
    const counted = runs;
    runs = 0;
    return Response.json(counted);
  },
} satisfies ExportedHandler;
