import { type PreparedModel, preparedModelSchema } from "../../../src/core/model/prepared-model.ts";
import type { PatchSet } from "../../../src/core/patch/patch-set.ts";
import type { Backend, BackendSession } from "../../../src/engine/backends/backend.ts";
import { createWebBackend } from "../../../src/engine/backends/web-backend.ts";
import { createEngine, type Engine } from "../../../src/engine/engine.ts";
import type { GenerationRequest } from "../../../src/engine/generation.ts";
import type { LoadReply, MeasureReply, MeasureRequest, PatchVariant } from "../variant.ts";
import { decodePlainly } from "./plain-decoding.ts";
import { syntheticPatchSet } from "./synthetic-patches.ts";

/** Both models, loaded into one isolate so that runs of one and the other alternate under the same conditions. */
interface Loaded {
  readonly backend: Backend;
  readonly engine: Engine;
  readonly plain: { readonly model: PreparedModel; readonly session: BackendSession };
  readonly patchSets: Map<string, PatchSet>;
}

const uploads = new Map<string, Uint8Array>();
let loaded: Loaded | undefined;

const take = (name: string): Uint8Array => {
  const bytes = uploads.get(name);
  if (bytes === undefined) throw new Error(`${name} was not uploaded`);
  uploads.delete(name);
  return bytes;
};

/** The model's description with an end token that no sampler can pick, so that every answer has full length. */
const takeEndless = (name: string): PreparedModel => {
  const model = preparedModelSchema.parse(JSON.parse(new TextDecoder().decode(take(`${name}/model.json`))));
  return { ...model, specialTokens: { ...model.specialTokens, end: model.dims.vocabulary } };
};

const requestFor = (prompt: readonly number[], maxTokens: number): GenerationRequest => ({
  prompt,
  maxTokens,
  temperature: 0,
  topP: 1,
  seed: 0,
  stop: [],
  logprobs: null,
  echo: false,
});

const decode = async (engine: Engine, patches: PatchSet, prompt: readonly number[], tokens: number) => {
  const answer: number[] = [];
  let hit: boolean | null = null;
  for await (const event of engine.generate(requestFor(prompt, tokens), patches))
    if (event.kind === "token") answer.push(...event.tokens.map(({ id }) => id));
    else hit = event.nearest[0]?.hit ?? null;
  return { answer, hit };
};

const load = async (): Promise<LoadReply> => {
  const backend = await createWebBackend();
  const heapBefore = backend.heapBytes()!;
  const model = takeEndless("instrumented");
  const tokenizerJson = new TextDecoder().decode(take("instrumented/tokenizer"));
  const files = { graph: take("instrumented/graph"), weights: take("instrumented/weights") };
  const engine = await createEngine({ model, tokenizerJson, ...files, backend, now: () => 0 });
  if (!engine.ok) throw new Error(engine.problem.message);
  const heapLoaded = backend.heapBytes()!;
  const none = await syntheticPatchSet(engine.value, { kind: "none" }, [0], [0]);
  await decode(engine.value, none, [0], model.dims.context - 1);
  const heapUsed = backend.heapBytes()!;
  const plainModel = takeEndless("plain");
  const session = await backend.createSession(take("plain/graph"), take("plain/weights"));
  if (!session.ok) throw new Error(session.problem.message);
  const plain = { model: plainModel, session: session.value };
  loaded = { backend, engine: engine.value, plain, patchSets: new Map() };
  return { heapBefore, heapLoaded, heapUsed };
};

const patchSetFor = async (
  { engine, patchSets }: Loaded,
  variant: PatchVariant,
  prompt: readonly number[],
) => {
  const name = JSON.stringify([variant, prompt]);
  const known = patchSets.get(name);
  if (known !== undefined) return known;
  const none = await syntheticPatchSet(engine, { kind: "none" }, prompt, []);
  const { answer } = await decode(engine, none, prompt, engine.model.dims.context);
  const made = await syntheticPatchSet(engine, variant, prompt, answer);
  patchSets.set(name, made);
  return made;
};

const measure = async ({ variant, prompt, tokens, repeats }: MeasureRequest): Promise<MeasureReply> => {
  if (loaded === undefined) throw new Error("no model is loaded");
  const { backend, engine, plain } = loaded;
  const patches = variant && (await patchSetFor(loaded, variant, prompt));
  let reply: MeasureReply = { answer: [], hit: null };
  for (let repeat = 0; repeat < repeats; repeat++)
    reply = patches
      ? await decode(engine, patches, prompt, tokens)
      : { answer: await decodePlainly(backend, plain.session, plain.model, prompt, tokens), hit: null };
  return reply;
};

/** The Worker that the benchmark runs in: takes models, loads them, and decodes on demand. */
export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (request.method === "PUT") {
      uploads.set(pathname.slice(1), new Uint8Array(await request.arrayBuffer()));
      return new Response(null, { status: 204 });
    }
    if (pathname === "/load") return Response.json(await load());
    if (pathname === "/measure") return Response.json(await measure(await request.json<MeasureRequest>()));
    return new Response("no such route", { status: 404 });
  },
} satisfies ExportedHandler;
