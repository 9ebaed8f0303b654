import { digestOf } from "../core/digest.ts";
import type { PreparedFiles } from "../core/model/prepared-files.ts";
import { type PreparedModel, preparedModelSchema, WEIGHTS_FILE } from "../core/model/prepared-model.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { addPatchInputs, type InstrumentedGraph } from "./add-patch-inputs.ts";
import { describeArchitecture } from "./describe-decoder.ts";
import type { Graph } from "./graph.ts";
import { defaultHooks, type HookSelection } from "./hooks/hook-selection.ts";
import { servableDecoder } from "./servable-decoder.ts";
import type { DecoderStructure, LayerCache } from "./structure/decoder-structure.ts";
import { writeModel } from "./write-model.ts";

/** What a prepared model is made of. */
export interface ModelSource {
  /** Name that the model is served under. */
  readonly name: string;
  /** The exported graph with its weights; it is not changed. */
  readonly graph: Graph;
  /** `tokenizer.json` in Hugging Face's format, kept byte for byte. */
  readonly tokenizerJson: Uint8Array;
  /** Most tokens, prompt and answer together; the rows of the learned position table where left out. */
  readonly context?: number;
  readonly specialTokens: PreparedModel["specialTokens"];
  readonly chatTemplate?: string;
  /** Which blocks carry which hooks; `defaultHooks` where left out, `NO_HOOKS` for a plain model to compare with. */
  readonly hooks?: HookSelection;
}

const contextOf = (structure: DecoderStructure, asked: number | undefined): Result<number> => {
  const rows = structure.dims.context;
  const context = asked ?? rows;
  if (context === null)
    return fail(
      problem("invalid_request", "The model computes its positions; say how many tokens it can take.", {
        param: "context",
      }),
    );
  return rows !== null && context > rows
    ? fail(
        problem(
          "unsupported_value",
          `The context is at most ${rows}, the rows of the position table, not ${context}.`,
          { param: "context" },
        ),
      )
    : ok(context);
};

const cacheOf = ({ blocks }: DecoderStructure): Result<LayerCache[]> => {
  const cache = blocks.map((block) => block.cache).filter((layer) => layer !== null);
  return cache.length === blocks.length
    ? ok(cache)
    : fail(
        problem(
          "unsupported_graph",
          "The graph lacks a key-value cache (past keys and values in, present ones out) on every block; export it with one, as serving decodes token by token.",
        ),
      );
};

/** How the cache is kept, where that is not the usual way. */
const cacheFormOf = ([first]: readonly LayerCache[]): Pick<PreparedModel["io"], "cacheForm"> =>
  first !== undefined && first.pastKey === first.pastValue ? { cacheForm: "stacked" } : {};

const checkTokenizer = (bytes: Uint8Array): Result<Uint8Array> => {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
    return ok(bytes);
  } catch (error) {
    return fail(problem("malformed_model", `tokenizer.json is not JSON: ${(error as Error).message}`));
  }
};

const describe = (
  source: ModelSource,
  structure: DecoderStructure,
  { hooks }: InstrumentedGraph,
  context: number,
  cache: readonly LayerCache[],
) => ({
  format: 2,
  name: source.name,
  architecture: describeArchitecture(structure),
  dims: { ...structure.dims, context },
  layers: structure.blocks.length,
  io: { ...structure.io, cache, ...cacheFormOf(cache) },
  specialTokens: source.specialTokens,
  chatTemplate: source.chatTemplate ?? null,
  hooks,
});

const serialise = async (
  description: ReturnType<typeof describe>,
  { graph: instrumented, plain: bare }: InstrumentedGraph,
  tokenizer: Uint8Array,
): Promise<Result<PreparedFiles>> => {
  const { graph, weights } = writeModel(instrumented, WEIGHTS_FILE);
  const { graph: plain, weights: same } = writeModel(bare, WEIGHTS_FILE);
  if ((await digestOf(same)) !== (await digestOf(weights)))
    throw new Error("Patch inputs must leave the weights and their order as they are.");
  const digests = {
    graph: await digestOf(graph),
    plain: await digestOf(plain),
    weights: await digestOf(weights),
    tokenizer: await digestOf(tokenizer),
  };
  const parsed = preparedModelSchema.safeParse({ ...description, digests });
  if (parsed.success) return ok({ model: parsed.data, graph, plain, weights, tokenizer });
  const { path, message } = parsed.error.issues[0]!;
  const param = path.join(".");
  return fail(problem("invalid_request", `The model cannot be described: ${param}: ${message}`, { param }));
};

/**
 * Makes a base model ready to serve: finds its structure, adds the patch inputs, and puts its large tensors aside into
 * `weights.bin`, for the graph with patch inputs as for the one without. The logits stay those of all positions. The same source gives the same bytes and digests. Fails with
 * `unsupported_graph`, `malformed_model` (the tokenizer), `unsupported_value` or `invalid_request`.
 */
export const prepareModel = async (source: ModelSource): Promise<Result<PreparedFiles>> => {
  const tokenizer = checkTokenizer(source.tokenizerJson);
  if (!tokenizer.ok) return tokenizer;
  const decoder = servableDecoder(source.graph);
  if (!decoder.ok) return decoder;
  const { graph, structure } = decoder.value;
  const context = contextOf(structure, source.context);
  if (!context.ok) return context;
  const cache = cacheOf(structure);
  if (!cache.ok) return cache;
  const hooks = source.hooks ?? defaultHooks(structure.blocks.length);
  const instrumented = addPatchInputs(graph, structure, hooks);
  if (!instrumented.ok) return instrumented;
  const description = describe(source, structure, instrumented.value, context.value, cache.value);
  return serialise(description, instrumented.value, tokenizer.value);
};
