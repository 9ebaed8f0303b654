import { fileURLToPath } from "node:url";
import { unstable_startWorker } from "wrangler";
import type { WrittenModel } from "../../../src/onnx/write-model.ts";
import type { LoadReply, MeasureReply, MeasureRequest, SearchReply, SearchRequest } from "../variant.ts";
import type { BenchModels, CodebookAlternatives } from "./bench-models.ts";

const CONFIG = fileURLToPath(new URL("../worker/wrangler.toml", import.meta.url).href);

/** The benchmark's Worker in workerd. */
export interface BenchService {
  /** What loading the models said. */
  readonly load: LoadReply;
  /** Decodes in the isolate; the milliseconds are those of the whole request. */
  readonly measure: (request: MeasureRequest) => Promise<MeasureReply & { readonly ms: number }>;
  /** Searches in the isolate; the milliseconds are those of the whole request. */
  readonly search: (request: SearchRequest) => Promise<SearchReply & { readonly ms: number }>;
  readonly stop: () => Promise<void>;
}

const uploadFile = async (url: string, path: string, body: Uint8Array): Promise<void> => {
  await fetch(`${url}/${path}`, { method: "PUT", body: body as Uint8Array<ArrayBuffer> });
};

const uploadGraph = async (url: string, name: string, { graph, weights }: WrittenModel): Promise<void> => {
  await uploadFile(url, `${name}/graph`, graph);
  await uploadFile(url, `${name}/weights`, weights);
};

const uploadServed = async (url: string, { model, tokenizer, plain, ...written }: BenchModels["served"]) => {
  await uploadGraph(url, "served", written);
  await uploadFile(url, "served/plain", plain);
  await uploadFile(url, "served/tokenizer", tokenizer);
  await uploadFile(url, "served/model.json", new TextEncoder().encode(JSON.stringify(model)));
};

const post = async (url: string, path: string, body: unknown): Promise<unknown> => {
  const response = await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
};

/** Runs `work` and adds the milliseconds that it took. */
const timed = async <Reply extends object>(
  work: () => Promise<Reply>,
): Promise<Reply & { readonly ms: number }> => {
  const started = performance.now();
  const reply = await work();
  return { ...reply, ms: performance.now() - started };
};

/** Starts the Worker and loads the models into its one isolate, the alternatives where they are given. */
export const startBenchService = async (
  models: BenchModels,
  alternatives?: CodebookAlternatives,
): Promise<BenchService> => {
  // Miniflare would otherwise ask Cloudflare where this machine is.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
  const worker = await unstable_startWorker({
    config: CONFIG,
    dev: { server: { hostname: "127.0.0.1", port: 0 }, inspector: false, logLevel: "error", watch: false },
  });
  const url = (await worker.url).origin;
  await uploadServed(url, models.served);
  await uploadGraph(url, "plain", models.plain);
  if (alternatives !== undefined) {
    await uploadGraph(url, "in-graph", alternatives.inGraph);
    await uploadGraph(url, "head", alternatives.head);
    await uploadGraph(url, "tail", alternatives.tail);
  }
  return {
    load: (await post(url, "/load", {})) as LoadReply,
    measure: (request) => timed(async () => (await post(url, "/measure", request)) as MeasureReply),
    search: (request) => timed(async () => (await post(url, "/search", request)) as SearchReply),
    stop: () => worker.dispose(),
  };
};
