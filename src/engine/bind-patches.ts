import type { CodebookHook, Hook, NeuronsHook, PreparedModel } from "../core/model/prepared-model.ts";
import type { CodebookBinding, LowRankBinding, NeuronsBinding, PatchSet } from "../core/patch/patch-set.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { Backend, Tensors } from "./backends/backend.ts";

/** What binding needs of a runtime. */
type TensorMaker = Pick<Backend, "tensor">;

/** A codebook bound to its hook. */
export interface BoundCodebook {
  readonly hook: CodebookHook;
  readonly binding: CodebookBinding;
}

/** Extra neurons bound to their hook. */
export interface BoundNeurons {
  readonly hook: NeuronsHook;
  readonly binding: NeuronsBinding;
}

/** A patch set as the graph's inputs. Shared by all requests on the set; nothing writes to it. */
export interface BoundPatches {
  /** Every patch input: low-rank and neurons where bound, dummies elsewhere. */
  readonly feeds: Tensors;
  /** Whether any patch acts at every position, so that no run can do without the patch inputs. */
  readonly everywhere: boolean;
  /** In order of their layers: what one replaces, the next one compares. */
  readonly codebooks: readonly BoundCodebook[];
  readonly neurons: readonly BoundNeurons[];
}

const dummyFeeds = (hook: Hook, backend: TensorMaker): Tensors => {
  const zeros = (...dims: number[]) =>
    backend.tensor(new Float32Array(dims.reduce((product, size) => product * size, 1)), dims);
  switch (hook.kind) {
    case "low-rank":
      return { [hook.inputs.A]: zeros(hook.in, 1), [hook.inputs.B]: zeros(1, hook.out) };
    case "neurons":
      return {
        [hook.inputs.K]: zeros(hook.width, 1),
        [hook.inputs.b]: zeros(1),
        [hook.inputs.V]: zeros(1, hook.width),
      };
    case "codebook":
      return {
        [hook.inputs.value]: zeros(1, 1, hook.width),
        [hook.inputs.inject]: backend.tensor(Uint8Array.of(0), [1]),
      };
  }
};

/** One dummy row for every hook of the model: what the graph is fed where no patch acts. Made once a session. */
export const createDummies = (model: PreparedModel, backend: TensorMaker): Tensors =>
  Object.assign({}, ...model.hooks.map((hook) => dummyFeeds(hook, backend)));

type Binding = CodebookBinding | NeuronsBinding | LowRankBinding;

const noPlace = (model: PreparedModel, kind: Hook["kind"], layer: number, expected: string) =>
  fail(
    problem(
      "shape_mismatch",
      `A ${kind} patch acts on layer ${layer}; model ${model.name} ${expected}. Make the patch for this model.`,
    ),
  );

const findHook = <Kind extends Hook["kind"]>(
  model: PreparedModel,
  kind: Kind,
  binding: Binding,
  fits: (hook: Extract<Hook, { kind: Kind }>) => boolean,
): Result<Extract<Hook, { kind: Kind }>> => {
  const site = "site" in binding ? binding.site : undefined;
  const hook = model.hooks.find(
    (hook): hook is Extract<Hook, { kind: Kind }> =>
      hook.kind === kind && hook.layer === binding.layer && (hook.kind !== "low-rank" || hook.site === site),
  );
  if (hook === undefined) return noPlace(model, kind, binding.layer, "has no such hook there");
  return fits(hook) ? ok(hook) : noPlace(model, kind, binding.layer, "has other dimensions there");
};

const bindLowRank = (
  model: PreparedModel,
  backend: TensorMaker,
  binding: LowRankBinding,
): Result<Tensors> => {
  const { A, B, rank } = binding;
  const hook = findHook(
    model,
    "low-rank",
    binding,
    (hook) => A.length === hook.in * rank && B.length === rank * hook.out,
  );
  if (!hook.ok) return hook;
  return ok({
    [hook.value.inputs.A]: backend.tensor(A, [hook.value.in, rank]),
    [hook.value.inputs.B]: backend.tensor(B, [rank, hook.value.out]),
  });
};

const bindNeurons = (
  model: PreparedModel,
  backend: TensorMaker,
  binding: NeuronsBinding,
): Result<BoundNeurons & { readonly feeds: Tensors }> => {
  const { K, b, V, size } = binding;
  const hook = findHook(
    model,
    "neurons",
    binding,
    ({ width }) => K.length === width * size && V.length === K.length,
  );
  if (!hook.ok) return hook;
  const { inputs, width } = hook.value;
  const feeds = {
    [inputs.K]: backend.tensor(K, [width, size]),
    [inputs.b]: backend.tensor(b, [size]),
    [inputs.V]: backend.tensor(V, [size, width]),
  };
  return ok({ hook: hook.value, binding, feeds });
};

const bindCodebook = (model: PreparedModel, binding: CodebookBinding): Result<BoundCodebook> => {
  const hook = findHook(model, "codebook", binding, ({ width }) => width === binding.width);
  return hook.ok ? ok({ hook: hook.value, binding }) : hook;
};

const collect = <Value>(results: readonly Result<Value>[]): Result<Value[]> => {
  const values: Value[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  return ok(values);
};

/**
 * Binds a patch set to the model's hooks over the set's own arrays, without a copy. Fails with `shape_mismatch`
 * where the model has no hook for a patch or one of other dimensions.
 */
export const bindPatches = (
  model: PreparedModel,
  backend: TensorMaker,
  dummies: Tensors,
  patches: PatchSet,
): Result<BoundPatches> => {
  const lowRanks = collect(patches.lowRanks.map((binding) => bindLowRank(model, backend, binding)));
  if (!lowRanks.ok) return lowRanks;
  const neurons = collect(patches.neurons.map((binding) => bindNeurons(model, backend, binding)));
  if (!neurons.ok) return neurons;
  const codebooks = collect(patches.codebooks.map((binding) => bindCodebook(model, binding)));
  if (!codebooks.ok) return codebooks;
  const feeds = Object.assign({}, dummies, ...lowRanks.value, ...neurons.value.map((bound) => bound.feeds));
  const everywhere = lowRanks.value.length > 0 || neurons.value.length > 0;
  return ok({ feeds, everywhere, codebooks: codebooks.value, neurons: neurons.value });
};
