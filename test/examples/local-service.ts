/**
 * Preloaded into every example: a service over the memory stores, with `world` on the Node backend, which answers
 * `fetch` at the address and with the token of local work. It is made when it is first asked.
 */
const ADDRESS = "http://127.0.0.1:8787";
const TOKEN = "errata-local-admin";

type Answer = (request: Request) => Response | Promise<Response>;

const openService = async (): Promise<Answer> => {
  const { must } = await import("../engine/support/engines.ts");
  const { startService } = await import("../http/support/service.ts");
  const { createApp } = await import("../../src/http/app.ts");
  const { readModelDirectory } = await import("../../src/workshop/directories/model-directory.ts");
  const world = must(await readModelDirectory("models/world"));
  const { dependencies } = await startService({ registered: false });
  const { blobs, models } = dependencies.stores;
  const { graph, plain, weights, tokenizer } = world.model.digests;
  await blobs.put(graph, world.graph);
  await blobs.put(plain, world.plain);
  await blobs.put(weights, world.weights);
  await blobs.put(tokenizer, world.tokenizer);
  await models.register(world.model, new Date().toISOString());
  const defaults = { model: world.model.name, channel: "stable" };
  const app = createApp({ ...dependencies, defaults, adminToken: TOKEN });
  return (request) => app.fetch(request);
};

let service: Promise<Answer> | undefined;
const network = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  if (new URL(request.url).origin !== ADDRESS) return network(request);
  service ??= openService();
  return (await service)(request);
};
