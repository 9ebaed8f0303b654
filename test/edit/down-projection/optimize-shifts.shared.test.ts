import { describe, expect, it } from "vitest";
import { EMPTY_PATCH_SET } from "../../../src/core/patch/patch-set.ts";
import { openBlockForward } from "../../../src/edit/down-projection/block-forward.ts";
import { optimizeShifts } from "../../../src/edit/down-projection/optimize-shifts.ts";
import { ShiftGradients } from "../../../src/edit/down-projection/shift-gradients.ts";
import { prepareModel } from "../../../src/onnx/prepare-model.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import { relativeError } from "../../onnx/autodiff/finite-differences.ts";
import {
  haveSharedModels,
  SHARED_CACHED,
  type SharedModel,
  sharedGraph,
  sharedReference,
  sharedTokenizer,
} from "../../onnx/support/shared-models.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

/** Section d of reference.json. */
interface OptimizationReference {
  readonly d: {
    readonly layer: number;
    readonly position: number;
    readonly target_ids: readonly number[];
    readonly adam: { readonly lr: number };
    readonly losses: readonly number[];
    readonly final_delta: readonly number[];
  };
}

/** Distance from PyTorch in float64, relative in the Euclidean norm. */
const TOLERANCE = 1e-4;

const open = async (model: SharedModel, file: string) => {
  const reference = sharedReference(model) as ReturnType<typeof sharedReference> & OptimizationReference;
  const { layer } = reference.d;
  const files = unwrap(
    await prepareModel({
      name: model,
      graph: sharedGraph(model, file),
      tokenizerJson: sharedTokenizer(model),
      context: 100,
      specialTokens: { begin: null, end: 0 },
      hooks: { codebook: [], neurons: [], lowRank: [{ layer, site: "down" }] },
    }),
  );
  const graph = unwrap(readModel(files.graph, () => files.weights));
  const forward = unwrap(openBlockForward(files.model, graph));
  return { reference, model: files.model, forward, site: forward.sites[0]! };
};

/** Shifts of the FFN's output at one position of prompt and target, as the reference optimises them. */
const objectiveOf = async ({ reference, model, forward, site }: Awaited<ReturnType<typeof open>>) => {
  const { position, target_ids } = reference.d;
  const row = [...reference.prompt.ids, ...target_ids.slice(0, -1)];
  const first = reference.prompt.ids.length - 1;
  const targets = row.map((_, at) => target_ids[at - first] ?? 0);
  const weights = Float32Array.from(row, (_, at) => (at >= first ? 1 : 0));
  const states = unwrap(await forward.run([row], [site.layer], EMPTY_PATCH_SET)).get(site.layer)!;
  const gradients = new ShiftGradients(model, forward.bare, site.tensors.block);
  const batch = { rows: [row], states: states.states, lookups: [[position]], weights };
  const target = unwrap(await gradients.target(batch, [targets]));
  const at = (values: Float32Array, width: number) =>
    values.subarray(position * width, (position + 1) * width);
  const norms = [Math.hypot(...at(states.outputs, site.out))];
  return { objective: { target, divergence: null, norms, width: site.out }, key: at(states.keys, site.in) };
};

describe.skipIf(!haveSharedModels).each(SHARED_CACHED)("v* of $model/$file", ({ model, file }) => {
  it("goes where PyTorch's Adam goes in float64, from the same key", async () => {
    const opened = await open(model, file);
    const { losses, final_delta, adam } = opened.reference.d;
    const { objective, key } = await objectiveOf(opened);
    expect(relativeError(key, opened.reference.c.key)).toBeLessThan(TOLERANCE);
    const settings = { steps: losses.length - 1, learningRate: adam.lr, decay: 0, klFactor: 0 };
    const result = unwrap(
      await optimizeShifts(objective, { ...settings, clamp: Number.POSITIVE_INFINITY, lossTarget: 0 }),
    );
    expect(relativeError(result.losses, losses)).toBeLessThan(TOLERANCE);
    expect(relativeError(result.shifts, final_delta)).toBeLessThan(TOLERANCE);
  });

  it("holds the shift within the clamp and stops below the loss asked for", async () => {
    const { objective } = await objectiveOf(await open(model, file));
    const settings = { steps: 20, learningRate: 0.5, decay: 0.01, klFactor: 0 };
    const clamped = unwrap(await optimizeShifts(objective, { ...settings, clamp: 0.5, lossTarget: 0 }));
    expect(Math.hypot(...clamped.shifts)).toBeLessThanOrEqual(0.5 * objective.norms[0]! * (1 + 1e-5));
    const lossTarget = clamped.losses[0]! * 0.9;
    const stopped = unwrap(await optimizeShifts(objective, { ...settings, clamp: 4, lossTarget }));
    expect(stopped.losses.at(-1)).toBeLessThan(lossTarget);
    expect(stopped.losses.slice(0, -1).every((loss) => loss >= lossTarget)).toBe(true);
  });
});
