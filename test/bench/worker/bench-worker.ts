import {
  type CodebookHook,
  type PreparedModel,
  preparedModelSchema,
} from "../../../src/core/model/prepared-model.ts";
import { EMPTY_PATCH_SET, type PatchSet } from "../../../src/core/patch/patch-set.ts";
import type { Backend, BackendSession } from "../../../src/engine/backends/backend.ts";
import { createWorkerdBackend } from "../../../src/engine/backends/workerd/workerd-backend.ts";
import { createEngine, type Engine } from "../../../src/engine/engine.ts";
import type { GenerationRequest } from "../../../src/engine/generation.ts";
import { KeySearch } from "../../../src/engine/search/key-search.ts";
import { ResidentRows } from "../../../src/engine/search/resident-rows.ts";
import { kernels } from "../../../wasm/kernels.ts";
import type {
  LoadReply,
  MeasureReply,
  MeasureRequest,
  PatchVariant,
  SearchReply,
  SearchRequest,
} from "../variant.ts";
import { decodeInGraph } from "./in-graph-decoding.ts";
import { searchInJavaScript } from "./javascript-search.ts";
import { decodePlainly } from "./plain-decoding.ts";
import { decodeSplit, type SplitModel } from "./split-decoding.ts";
import { syntheticPatchSet } from "./synthetic-patches.ts";

/** All decoders, loaded into one isolate so that runs of one and the other alternate under the same conditions. */
interface Loaded {
  readonly backend: Backend;
  readonly engine: Engine;
  readonly plain: BackendSession;
  readonly patchSets: Map<string, PatchSet>;
  /** The alternatives where they were uploaded. */
  readonly inGraph: BackendSession | null;
  readonly split: SplitModel | null;
  readonly search: KeySearch;
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
const takeEndless = (): PreparedModel => {
  const model = preparedModelSchema.parse(JSON.parse(new TextDecoder().decode(take("served/model.json"))));
  return { ...model, specialTokens: { ...model.specialTokens, end: model.dims.vocabulary } };
};

const takeSession = async (backend: Backend, name: string): Promise<BackendSession> => {
  const session = await backend.createSession(take(`${name}/graph`), take(`${name}/weights`));
  if (!session.ok) throw new Error(session.problem.message);
  return session.value;
};

const takeAlternatives = async (backend: Backend, model: PreparedModel) => {
  if (!uploads.has("head/graph")) return { inGraph: null, split: null };
  const hook = model.hooks.findLast((hook): hook is CodebookHook => hook.kind === "codebook")!;
  const inGraph = await takeSession(backend, "in-graph");
  const head = await takeSession(backend, "head");
  const tail = await takeSession(backend, "tail");
  return { inGraph, split: { model, hook, head, tail } };
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
  let [hit, fired]: [boolean | null, number] = [null, 0];
  for await (const event of engine.generate(requestFor(prompt, tokens), patches))
    if (event.kind === "token") answer.push(...event.tokens.map(({ id }) => id));
    else [hit, fired] = [event.nearest[0]?.hit ?? null, event.fired.length];
  return { answer, hit, fired };
};

const load = async (): Promise<LoadReply> => {
  const backend = await createWorkerdBackend();
  const heapBefore = backend.heapBytes()!;
  const model = takeEndless();
  const tokenizerJson = new TextDecoder().decode(take("served/tokenizer"));
  const files = { graph: take("served/graph"), plain: take("served/plain"), weights: take("served/weights") };
  const engine = await createEngine({ model, tokenizerJson, ...files, backend, kernels, now: () => 0 });
  if (!engine.ok) throw new Error(engine.problem.message);
  const heapLoaded = backend.heapBytes()!;
  await decode(engine.value, EMPTY_PATCH_SET, [0], model.dims.context - 1);
  const heapUsed = backend.heapBytes()!;
  const plain = await takeSession(backend, "plain");
  const search = new KeySearch(kernels.nearestKey, new ResidentRows(model.dims.width));
  const alternatives = await takeAlternatives(backend, model);
  loaded = { backend, engine: engine.value, plain, ...alternatives, search, patchSets: new Map() };
  return { heapBefore, heapLoaded, heapUsed };
};

const patchSetFor = async (
  { engine, patchSets }: Loaded,
  variant: PatchVariant,
  prompt: readonly number[],
): Promise<PatchSet> => {
  const name = JSON.stringify([variant, prompt]);
  const known = patchSets.get(name);
  if (known !== undefined) return known;
  const { answer } = await decode(engine, EMPTY_PATCH_SET, prompt, engine.model.dims.context);
  const made = await syntheticPatchSet(engine, variant, prompt, answer);
  patchSets.set(name, made);
  return made;
};

const required = <Value>(value: Value | null | undefined): Value => {
  if (value === null || value === undefined) throw new Error("what is measured was not uploaded");
  return value;
};

const decodeOnce = (
  { backend, engine, plain, inGraph, split, search }: Loaded,
  { by, prompt, tokens }: MeasureRequest,
  patches: PatchSet,
): Promise<MeasureReply> => {
  switch (by) {
    case "engine":
      return decode(engine, patches, prompt, tokens);
    case "plain":
      return decodePlainly(backend, plain, engine.model, prompt, tokens).then((answer) => ({
        answer,
        hit: null,
        fired: null,
      }));
    case "in-graph":
      return decodeInGraph(
        backend,
        required(inGraph),
        engine.model,
        required(patches.codebooks[0]),
        prompt,
        tokens,
      );
    case "split":
      return decodeSplit(backend, required(split), search, required(patches.codebooks[0]), prompt, tokens);
  }
};

const measure = async (request: MeasureRequest): Promise<MeasureReply> => {
  const all = required(loaded);
  const patches = await patchSetFor(all, request.variant, request.prompt);
  let reply: MeasureReply = { answer: [], hit: null, fired: null };
  for (let repeat = 0; repeat < request.repeats; repeat++) reply = await decodeOnce(all, request, patches);
  return reply;
};

const searchOften = async ({ by, entries, prompt, repeats }: SearchRequest): Promise<SearchReply> => {
  const all = required(loaded);
  const patches = await patchSetFor(all, { kind: "codebook", entries, hit: true }, prompt);
  const codebook = required(patches.codebooks[0]);
  const queried = await all.engine.query(prompt, [codebook.layer]);
  if (!queried.ok) throw new Error(queried.problem.message);
  const query = queried.value.get(codebook.layer)!;
  let index = -1;
  for (let repeat = 0; repeat < repeats; repeat++)
    index = by === "kernel" ? all.search.nearest(codebook, query).index : searchInJavaScript(codebook, query);
  return { index };
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
    if (pathname === "/search") return Response.json(await searchOften(await request.json<SearchRequest>()));
    return new Response("no such route", { status: 404 });
  },
} satisfies ExportedHandler;
