import * as z from "zod";
import type { FloatTensor } from "../../tensor/tensor.ts";
import { tensorNorm } from "../../tensor/tensor-norm.ts";
import { layerSchema, recordFields } from "../blob-record.ts";
import { floats } from "../check-shapes.ts";
import { groupByPlace } from "../group-by-place.ts";
import { hookShapes } from "../hook-shapes.ts";
import type { PatchBase, PatchKind } from "../patch-kind.ts";

/** Extra FFN slots of a block, `o += relu(xK + b)V`, at every position. */
export interface NeuronsPatch extends PatchBase {
  readonly kind: "neurons";
  readonly layer: number;
  readonly tensors: {
    /** [d, n] */ readonly K: FloatTensor;
    /** [n] */ readonly b: FloatTensor;
    /** [n, d] */ readonly V: FloatTensor;
  };
}

/** All extra neurons of one layer. */
export interface NeuronsBinding {
  readonly layer: number;
  /** Number of neurons n, at least 1. */
  readonly size: number;
  /** Width d of the residual stream. */
  readonly width: number;
  /** The patches with the neurons, in order. */
  readonly patches: readonly NeuronsPatch[];
  /** The patch that each neuron belongs to, [n]: the neurons of one patch after the other. */
  readonly owners: readonly NeuronsPatch[];
}

/** Whether a patch adds neurons. */
export const isNeurons = (patch: PatchBase): patch is NeuronsPatch => patch.kind === "neurons";

/** Number of neurons of a patch. */
export const neuronsOf = ({ tensors }: NeuronsPatch): number => tensors.b.shape[0]!;

const recordSchema = z.strictObject({ kind: z.literal("neurons"), layer: layerSchema, ...recordFields });

const compose = (patches: readonly [NeuronsPatch, ...NeuronsPatch[]]): NeuronsBinding => {
  const [{ layer, tensors }] = patches;
  const owners = patches.flatMap((patch) => Array.from({ length: neuronsOf(patch) }, () => patch));
  return { layer, size: owners.length, width: tensors.K.shape[0]!, patches, owners };
};

/** Neurons, of T-Patcher and CaliNet. */
export const neurons: PatchKind<NeuronsPatch, typeof recordSchema, NeuronsBinding, "neurons"> = {
  name: "neurons",
  list: "neurons",
  everywhere: false,
  recordSchema,
  shapes: (patch, model) =>
    hookShapes(patch, model, ({ width }) => ({
      K: floats(width, "n"),
      b: floats("n"),
      V: floats("n", width),
    })),
  contentFault: () => null,
  limitFault: () => null,
  compose: (patches) => groupByPlace(patches).map(compose),
  norm: ({ tensors }) => tensorNorm(tensors.V),
  radii: null,
};
