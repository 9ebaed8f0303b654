import { describe, expect, it } from "vitest";
import { floatTensor, type OfflineTensor } from "../../../src/onnx/offline-session.ts";
import type { LinearLayer } from "../../../src/onnx/structure/decoder-structure.ts";
import { addToTensor } from "../support/add-to-tensor.ts";
import { haveSharedModels, SHARED_EXPORTS, sharedGraph, sharedReference } from "../support/shared-models.ts";
import { unwrap } from "../support/unwrap.ts";
import { openEditingLoss, rowOf, withStructure } from "./editing-loss.ts";
import { relativeError } from "./finite-differences.ts";

/** Distance of float32 gradients from the float64 references, relative in the Euclidean norm. */
const GRADIENT_TOLERANCE = 1e-5;

/** The same for float32 losses: the runtime's kernels differ by processor, in what they fuse and in which order they add. */
const LOSS_TOLERANCE = 1e-5;

/** A gradient of one activation in reference.json. */
interface ActivationGradient {
  readonly layer: number;
  readonly position: number;
  readonly values: readonly number[];
}

/** Sections b and d of reference.json; its conventions are in the README beside it. */
interface GradientReference {
  readonly b: {
    readonly continuation_ids: readonly number[];
    readonly mean_nll: number;
    readonly grad_mid_ffn_output: ActivationGradient;
    readonly grad_mid_down_weight: {
      readonly layer: number;
      readonly values: readonly (readonly number[])[];
    };
    readonly grad_last_ffn_input: ActivationGradient;
  };
  readonly d: {
    readonly layer: number;
    readonly position: number;
    readonly target_ids: readonly number[];
    readonly adam: {
      readonly lr: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly eps: number;
    };
    readonly losses: readonly number[];
    readonly first_step_gradient: readonly number[];
    readonly final_delta: readonly number[];
  };
}

/** The gradient of a layer's weight as [in, out], however the graph stores it. */
const inOutGradient = (layer: LinearLayer, { data }: OfflineTensor): Float32Array => {
  const values = data as Float32Array;
  if (layer.orientation === "in-out") return values;
  return values.map((_, i) => values[(i % layer.out) * layer.in + Math.floor(i / layer.out)]!);
};

/** Adam on one vector, as PyTorch computes it. */
const adamStepper = ({ lr, beta1, beta2, eps }: GradientReference["d"]["adam"], width: number) => {
  const [first, second] = [new Float64Array(width), new Float64Array(width)];
  let step = 0;
  return (vector: Float64Array, gradient: Float32Array): void => {
    step++;
    gradient.forEach((g, i) => {
      first[i] = beta1 * first[i]! + (1 - beta1) * g;
      second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
      const scale = Math.sqrt(second[i]! / (1 - beta2 ** step)) + eps;
      vector[i]! -= (lr * (first[i]! / (1 - beta1 ** step))) / scale;
    });
  };
};

describe.skipIf(!haveSharedModels).each(SHARED_EXPORTS)("gradients of $model/$file", ({ model, file }) => {
  const load = () => {
    const reference = sharedReference(model) as ReturnType<typeof sharedReference> & GradientReference;
    return { reference, ...withStructure(sharedGraph(model, file)) };
  };

  it("agree with float64 PyTorch for activations and a weight", async () => {
    const { reference, graph, structure } = load();
    const { grad_mid_ffn_output, grad_mid_down_weight, grad_last_ffn_input, mean_nll, continuation_ids } =
      reference.b;
    const middle = structure.blocks[grad_mid_ffn_output.layer]!.feedForward;
    const last = structure.blocks[grad_last_ffn_input.layer]!.feedForward;
    const loss = await openEditingLoss(graph, structure, reference.prompt.ids, continuation_ids, [
      middle.output,
      middle.down.weight,
      last.input,
    ]);
    const result = await loss.evaluate();
    await loss.release();
    const gradient = (name: string) => result.gradients.get(name)!;
    expect(Math.abs(result.loss / mean_nll - 1)).toBeLessThan(LOSS_TOLERANCE);
    expect(
      relativeError(rowOf(gradient(middle.output), grad_mid_ffn_output.position), grad_mid_ffn_output.values),
    ).toBeLessThan(GRADIENT_TOLERANCE);
    expect(
      relativeError(
        inOutGradient(middle.down, gradient(middle.down.weight)),
        grad_mid_down_weight.values.flat(),
      ),
    ).toBeLessThan(GRADIENT_TOLERANCE);
    expect(
      relativeError(rowOf(gradient(last.input), grad_last_ffn_input.position), grad_last_ffn_input.values),
    ).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it("lead 20 Adam steps on one FFN output where PyTorch's lead", async () => {
    const { reference, graph, structure } = load();
    const { layer, position, target_ids, adam, losses, first_step_gradient, final_delta } = reference.d;
    const { ids } = reference.prompt;
    const length = ids.length + target_ids.length - 1;
    const width = reference.d_model;
    const { output } = structure.blocks[layer]!.feedForward;
    const shifted = unwrap(addToTensor(graph, output, [1, length, width]));
    const delta = new Float64Array(width);
    const feed = () => {
      const data = new Float32Array(length * width);
      data.set(delta, position * width);
      return { [shifted.delta]: floatTensor([1, length, width], data) };
    };
    const loss = await openEditingLoss(shifted.graph, structure, ids, target_ids, [shifted.delta], feed());
    const step = adamStepper(adam, width);
    const seen: number[] = [];
    for (let i = 0; i < losses.length; i++) {
      const result = await loss.evaluate(feed());
      const gradient = rowOf(result.gradients.get(shifted.delta)!, position);
      if (i === 0) expect(relativeError(gradient, first_step_gradient)).toBeLessThan(GRADIENT_TOLERANCE);
      seen.push(result.loss);
      if (i < losses.length - 1) step(delta, gradient);
    }
    await loss.release();
    expect(relativeError(seen, losses)).toBeLessThan(LOSS_TOLERANCE);
    expect(relativeError(delta, final_delta)).toBeLessThan(1e-5);
  });
});
