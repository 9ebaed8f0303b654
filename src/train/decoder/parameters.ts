import { randomFor } from "../../optim/random.ts";
import type { TrainConfig } from "../config.ts";

/** Standard deviation of freshly drawn weights (Radford et al. 2019). */
const INITIAL_DEVIATION = 0.02;

/** One weight tensor of the decoder and its place in the flat vector of all. */
export interface Parameter {
  readonly name: string;
  /** Linear layers are [in, out]. */
  readonly shape: readonly number[];
  /** First element in the flat vector. */
  readonly offset: number;
  readonly size: number;
  /** Whether weight decay applies: not to norms and biases. */
  readonly decays: boolean;
  /** How a fresh model fills it: a constant, or a normal distribution's standard deviation. */
  readonly start: { readonly constant: number } | { readonly deviation: number };
}

type Entry = Pick<Parameter, "name" | "shape" | "decays" | "start">;

const matrix = (name: string, shape: readonly number[], deviation = INITIAL_DEVIATION): Entry => ({
  name,
  shape,
  decays: true,
  start: { deviation },
});

const vector = (name: string, size: number, constant: number): Entry => ({
  name,
  shape: [size],
  decays: false,
  start: { constant },
});

const norm = (name: string, width: number): Entry[] => [
  vector(`${name}.weight`, width, 1),
  vector(`${name}.bias`, width, 0),
];

const linear = (name: string, from: number, to: number, deviation?: number): Entry[] => [
  matrix(`${name}.weight`, [from, to], deviation),
  vector(`${name}.bias`, to, 0),
];

/** Layers that write to the residual stream start smaller by the root of their number, as in GPT-2. */
const blockEntries = (model: TrainConfig["model"], layer: number): Entry[] => {
  const { width, ffn, layers } = model;
  const writing = INITIAL_DEVIATION / Math.sqrt(2 * layers);
  const name = `blocks.${layer}`;
  return [
    ...norm(`${name}.attention_norm`, width),
    ...linear(`${name}.attention.qkv`, width, 3 * width),
    ...linear(`${name}.attention.out`, width, width, writing),
    ...norm(`${name}.ffn_norm`, width),
    ...linear(`${name}.ffn.up`, width, ffn),
    ...linear(`${name}.ffn.down`, ffn, width, writing),
  ];
};

/** Every weight of the decoder in a fixed order; the token embedding also unembeds. */
export const parametersOf = (model: TrainConfig["model"]): readonly Parameter[] => {
  const entries = [
    matrix("token_embedding", [model.vocabulary, model.width]),
    matrix("position_embedding", [model.context, model.width]),
    ...Array.from({ length: model.layers }, (_, layer) => blockEntries(model, layer)).flat(),
    ...norm("final_norm", model.width),
  ];
  let offset = 0;
  return entries.map((entry) => {
    const size = entry.shape.reduce((product, n) => product * n, 1);
    const parameter = { ...entry, offset, size };
    offset += size;
    return parameter;
  });
};

/** Number of all weights together. */
export const parameterCount = (parameters: readonly Parameter[]): number =>
  parameters.reduce((sum, { size }) => sum + size, 0);

/** The part of a flat vector that belongs to `parameter`: a view, no copy. */
export const viewOf = (flat: Float32Array, { offset, size }: Parameter): Float32Array =>
  flat.subarray(offset, offset + size);

/** The weights of an untrained model, from the seed. */
export const initialWeights = (parameters: readonly Parameter[], seed: number): Float32Array => {
  const flat = new Float32Array(parameterCount(parameters));
  for (const parameter of parameters) {
    const { start, name } = parameter;
    const view = viewOf(flat, parameter);
    if ("constant" in start) view.fill(start.constant);
    else {
      const random = randomFor(seed, "weights", name);
      for (let i = 0; i < view.length; i++) view[i] = start.deviation * random.normal();
    }
  }
  return flat;
};
