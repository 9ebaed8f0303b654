import fc from "fast-check";
import {
  CODEBOOK_MAX_ENTRIES,
  CODEBOOK_MAX_TARGET_TOKENS,
} from "../../../../src/core/patch/codebook/codebook-limits.ts";
import type { CodebookBinding, CodebookPatch } from "../../../../src/core/patch/kinds/codebook.ts";
import type { LowRankBinding, LowRankPatch } from "../../../../src/core/patch/kinds/low-rank.ts";
import type { NeuronsBinding, NeuronsPatch } from "../../../../src/core/patch/kinds/neurons.ts";
import type { BindingOf, PatchKindName, PatchOf } from "../../../../src/core/patch/patch.ts";
import { residentValues } from "../../../../src/core/patch/patch-values.ts";
import type { FloatTensor } from "../../../../src/core/tensor/tensor.ts";
import type { KindSamples } from "../../../contract/patch-kind/patch-kind-contract.ts";
import { sampleCodebook, sampleLowRank, sampleNeurons } from "../../support/sample-patches.ts";

/** Sizes of `sampleModel`. */
const [WIDTH, FFN, VOCABULARY] = [4, 6, 50];

const COUNT = fc.integer({ min: 1, max: 2 });

/** A tensor of `numbers`, of which at least one is not 0, so that a patch does something. */
const floats = (numbers: fc.Arbitrary<number>, ...shape: readonly number[]): fc.Arbitrary<FloatTensor> => {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc.array(numbers, { minLength: length, maxLength: length }).map((data) => ({
    shape,
    data: Float32Array.from(data, (value, index) => (index === 0 ? value || 1 : value)),
  }));
};

const times = ({ shape, data }: FloatTensor, factor: number): FloatTensor => ({
  shape,
  data: data.map((value) => value * factor),
});

const lowRank: KindSamples<LowRankPatch, LowRankBinding> = {
  patches: (numbers) =>
    COUNT.chain((rank) =>
      fc
        .record({ A: floats(numbers, FFN, rank), B: floats(numbers, rank, WIDTH) })
        .map((tensors) => ({ ...sampleLowRank("sample"), edits: [0], tensors })),
    ),
  doubled: (patch) => ({ ...patch, tensors: { ...patch.tensors, B: times(patch.tensors.B, 2) } }),
  size: ({ tensors }) => tensors.A.shape[1]!,
  bindingSize: ({ rank }) => rank,
  limits: [],
};

const neurons: KindSamples<NeuronsPatch, NeuronsBinding> = {
  patches: (numbers) =>
    COUNT.chain((count) =>
      fc
        .record({
          K: floats(numbers, WIDTH, count),
          b: floats(numbers, count),
          V: floats(numbers, count, WIDTH),
        })
        .map((tensors) => ({ ...sampleNeurons("sample"), edits: [0], tensors })),
    ),
  doubled: (patch) => ({ ...patch, tensors: { ...patch.tensors, V: times(patch.tensors.V, 2) } }),
  size: ({ tensors }) => tensors.b.shape[0]!,
  bindingSize: ({ size }) => size,
  limits: [],
};

/** Targets of as many chains: one token each where the second place is padded. */
const targetsOf = (chains: number): fc.Arbitrary<Int32Array> =>
  fc
    .array(fc.tuple(fc.nat(VOCABULARY - 1), fc.integer({ min: -1, max: VOCABULARY - 1 })), {
      minLength: chains,
      maxLength: chains,
    })
    .map((rows) => Int32Array.from(rows.flat()));

const entriesOf = (
  numbers: fc.Arbitrary<number>,
  [entries, chains]: readonly [number, number],
): fc.Arbitrary<CodebookPatch> =>
  fc
    .record({
      keys: floats(numbers, entries, WIDTH),
      radii: floats(numbers.map(Math.abs), entries),
      chains: fc.array(fc.nat(chains - 1), { minLength: entries, maxLength: entries }),
      targets: targetsOf(chains),
      values: floats(numbers, chains, 2, WIDTH),
    })
    .map((parts) => ({
      ...sampleCodebook("sample"),
      tensors: {
        keys: parts.keys,
        radii: parts.radii,
        chains: { shape: [entries], data: Int32Array.from(parts.chains) },
        targets: { shape: [chains, 2], data: parts.targets },
      },
      values: parts.values,
    }));

/** A patch of so many entries that share one chain of so many tokens. */
const codebookOf = (id: string, entries: number, tokens = 1): CodebookPatch => ({
  ...sampleCodebook(id),
  tensors: {
    keys: { shape: [entries, WIDTH], data: new Float32Array(entries * WIDTH) },
    radii: { shape: [entries], data: new Float32Array(entries) },
    chains: { shape: [entries], data: new Int32Array(entries) },
    targets: { shape: [1, tokens], data: new Int32Array(tokens) },
  },
  values: { shape: [1, tokens, WIDTH], data: new Float32Array(tokens * WIDTH) },
});

const codebook: KindSamples<CodebookPatch, CodebookBinding> = {
  patches: (numbers) => fc.tuple(COUNT, COUNT).chain((counts) => entriesOf(numbers, counts)),
  doubled: (patch) => ({ ...patch, values: times(residentValues(patch.values), 2) }),
  size: ({ tensors }) => tensors.keys.shape[0]!,
  bindingSize: ({ size }) => size,
  limits: [
    {
      what: "entries of a layer, over all patches",
      at: [codebookOf("one", 1), codebookOf("two", CODEBOOK_MAX_ENTRIES - 1)],
      past: [codebookOf("one", 1), codebookOf("two", CODEBOOK_MAX_ENTRIES)],
      param: "patches",
    },
    {
      what: "tokens of a target",
      at: [codebookOf("one", 1, CODEBOOK_MAX_TARGET_TOKENS)],
      past: [codebookOf("one", 1, CODEBOOK_MAX_TARGET_TOKENS + 1)],
      param: "targets",
    },
  ],
};

/** Samples of every kind: one without does not type-check. */
export const KIND_SAMPLES: { readonly [Name in PatchKindName]: KindSamples<PatchOf<Name>, BindingOf<Name>> } =
  {
    "low-rank": lowRank,
    neurons,
    codebook,
  };
