import type { CodebookHook, Hook, NeuronsHook, PreparedModel } from "../../core/model/prepared-model.ts";
import type { JoinedNeurons } from "../../core/patch/join-neurons.ts";
import type { CodebookBinding } from "../../core/patch/kinds/codebook.ts";
import type { LowRankBinding } from "../../core/patch/kinds/low-rank.ts";
import type { NeuronsBinding } from "../../core/patch/kinds/neurons.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { Backend, Tensors } from "../backends/backend.ts";

/** What binding needs of a runtime. */
type TensorMaker = Pick<Backend, "tensor">;

/** A codebook bound to its hook. */
export interface BoundCodebook {
  readonly kind: "codebook";
  readonly hook: CodebookHook;
  readonly binding: CodebookBinding;
}

/** Extra neurons bound to their hook. */
export interface BoundNeurons {
  readonly kind: "neurons";
  readonly hook: NeuronsHook;
  readonly binding: NeuronsBinding;
}

/** What is consulted at a block with the states of a run, outside of the graph. */
export type BoundSite = BoundCodebook | BoundNeurons;

/** A patch set as the graph's inputs. Shared by all requests on the set; nothing writes to it. */
export interface BoundPatches {
  /** Every patch input: low-rank factors where bound, dummies elsewhere. */
  readonly feeds: Tensors;
  /** Whether a low-rank patch acts, at every position, so that no run can do without the patch inputs. */
  readonly everywhere: boolean;
  /** In the order in which the model comes by: what one changes, the next one compares. */
  readonly sites: readonly BoundSite[];
}

/** Graph inputs of neurons that run in the graph, over the arrays given. */
export const neuronsFeeds = (
  { inputs, width }: NeuronsHook,
  { K, b, V, size }: JoinedNeurons,
  backend: TensorMaker,
): Tensors => ({
  [inputs.K]: backend.tensor(K, [width, size]),
  [inputs.b]: backend.tensor(b, [size]),
  [inputs.V]: backend.tensor(V, [size, width]),
});

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

const bindNeurons = (model: PreparedModel, binding: NeuronsBinding): Result<BoundNeurons> => {
  const hook = findHook(model, "neurons", binding, ({ width }) => width === binding.width);
  return hook.ok ? ok({ kind: "neurons", hook: hook.value, binding }) : hook;
};

const bindCodebook = (model: PreparedModel, binding: CodebookBinding): Result<BoundCodebook> => {
  const hook = findHook(model, "codebook", binding, ({ width }) => width === binding.width);
  return hook.ok ? ok({ kind: "codebook", hook: hook.value, binding }) : hook;
};

/** Neurons add to what a block's FFN returns, a codebook replaces what the whole block does. */
const byPlace = (left: BoundSite, right: BoundSite): number =>
  left.hook.layer - right.hook.layer || Number(left.kind === "codebook") - Number(right.kind === "codebook");

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
  const sites = collect<BoundSite>([
    ...patches.neurons.map((binding) => bindNeurons(model, binding)),
    ...patches.codebooks.map((binding) => bindCodebook(model, binding)),
  ]);
  if (!sites.ok) return sites;
  return ok({
    feeds: Object.assign({}, dummies, ...lowRanks.value),
    everywhere: lowRanks.value.length > 0,
    sites: sites.value.toSorted(byPlace),
  });
};
