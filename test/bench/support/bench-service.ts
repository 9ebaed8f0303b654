import { fileURLToPath } from "node:url";
import { unstable_startWorker } from "wrangler";
import type { LoadReply, MeasureReply, MeasureRequest } from "../variant.ts";
import type { BenchModels } from "./bench-models.ts";

const CONFIG = fileURLToPath(new URL("../worker/wrangler.toml", import.meta.url).href);

/** The benchmark's Worker in workerd. */
export interface BenchService {
  /** What loading both models said. */
  readonly load: LoadReply;
  /** Decodes in the isolate; the milliseconds are those of the whole request. */
  readonly measure: (request: MeasureRequest) => Promise<MeasureReply & { readonly ms: number }>;
  readonly stop: () => Promise<void>;
}

const upload = async (url: string, name: string, files: BenchModels["plain"]): Promise<void> => {
  const { model, graph, weights, tokenizer } = files;
  const bodies = { "model.json": new TextEncoder().encode(JSON.stringify(model)), graph, weights, tokenizer };
  for (const [file, body] of Object.entries(bodies))
    await fetch(`${url}/${name}/${file}`, { method: "PUT", body: body as Uint8Array<ArrayBuffer> });
};

const post = async (url: string, path: string, body: unknown): Promise<unknown> => {
  const response = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
};

/** Starts the Worker and loads both models into its one isolate. */
export const startBenchService = async (models: BenchModels): Promise<BenchService> => {
  // Miniflare would otherwise ask Cloudflare where this machine is.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
  const worker = await unstable_startWorker({
    config: CONFIG,
    dev: { server: { hostname: "127.0.0.1", port: 0 }, inspector: false, logLevel: "error", watch: false },
  });
  const url = (await worker.url).origin;
  await upload(url, "instrumented", models.instrumented);
  await upload(url, "plain", models.plain);
  const load = (await post(url, "/load", {})) as LoadReply;
  const measure: BenchService["measure"] = async (request) => {
    const started = performance.now();
    const reply = (await post(url, "/measure", request)) as MeasureReply;
    return { ...reply, ms: performance.now() - started };
  };
  return { load, measure, stop: () => worker.dispose() };
};
