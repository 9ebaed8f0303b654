import { describe, expect, it } from "vitest";
import { addPatchInputs } from "../../src/onnx/add-patch-inputs.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { type HookSelection, NO_HOOKS } from "../../src/onnx/hooks/hook-selection.ts";
import { floatTensor } from "../../src/onnx/offline-session.ts";
import { DecoderRunner, largestDifference, lastRow, truthTensor } from "./support/run-decoder.ts";
import {
  haveSharedModels,
  SHARED_CACHED,
  type SharedModel,
  sharedGraph,
  sharedReference,
} from "./support/shared-models.ts";
import { unwrap } from "./support/unwrap.ts";

/** Logits of ours are float32, the references float64; PyTorch's float32 is up to 1.4e-5 away from them. */
const LOGIT_TOLERANCE = 3e-5;

const openWith = async (model: SharedModel, file: string, selection: HookSelection) => {
  const plain = sharedGraph(model, file);
  const structure = unwrap(findDecoder(plain));
  const { graph, hooks } = unwrap(addPatchInputs(plain, structure, selection));
  return {
    structure,
    hooks,
    runner: await DecoderRunner.open(graph, structure, { hooks }),
    plain: await DecoderRunner.open(plain, structure),
  };
};

const floats = (shape: readonly number[], values: readonly number[]) =>
  floatTensor(shape, Float32Array.from(values));

/** [rows of d] as [d, rows]. */
const transposed = (rows: readonly (readonly number[])[]): number[] =>
  rows[0]!.flatMap((_, column) => rows.map((row) => row[column]!));

describe.skipIf(!haveSharedModels).each(SHARED_CACHED)("patch inputs of $model/$file", ({ model, file }) => {
  const reference = haveSharedModels ? sharedReference(model) : undefined!;
  const ids = reference?.prompt.ids;

  it("leave the logits alone while every patch is absent, with a hook at every site", async () => {
    const layers = Array.from({ length: reference.layers }, (_, layer) => layer);
    const sites = reference.gated_ffn ? (["up", "gate", "down"] as const) : (["up", "down"] as const);
    const lowRank = layers.flatMap((layer) => sites.map((site) => ({ layer, site })));
    const all = await openWith(model, file, { codebook: layers, neurons: layers, lowRank });
    const { logits } = all.structure.io;
    const patched = (await all.runner.run(ids))[logits]!.data as Float32Array;
    const bare = (await all.plain.run(ids))[logits]!.data as Float32Array;
    expect(largestDifference(patched, bare)).toBeLessThanOrEqual(1e-5);
    expect(largestDifference(bare.slice(-reference.vocab), reference.a.logits_last)).toBeLessThan(
      LOGIT_TOLERANCE,
    );
  });

  it("add u vᵀ to the middle down-projection", async () => {
    const { layer, u, v, logits_last } = reference.e;
    const { runner, structure } = await openWith(model, file, {
      ...NO_HOOKS,
      lowRank: [{ layer, site: "down" }],
    });
    const outputs = await runner.run(ids, {
      [`patch.${layer}.down.A`]: floats([u.length, 1], u),
      [`patch.${layer}.down.B`]: floats([1, v.length], v),
    });
    expect(largestDifference(lastRow(outputs[structure.io.logits]!), logits_last)).toBeLessThan(
      LOGIT_TOLERANCE,
    );
  });

  it("add neurons with the FFN's own activation to the last block", async () => {
    const { layer, k, b, v, logits_last } = reference.f;
    const { runner, structure } = await openWith(model, file, {
      ...NO_HOOKS,
      neurons: [layer],
      neuronActivation: "model",
    });
    const outputs = await runner.run(ids, {
      [`patch.${layer}.neurons.K`]: floats([reference.d_model, k.length], transposed(k)),
      [`patch.${layer}.neurons.b`]: floats([b.length], b),
      [`patch.${layer}.neurons.V`]: floats([v.length, reference.d_model], v.flat()),
    });
    expect(largestDifference(lastRow(outputs[structure.io.logits]!), logits_last)).toBeLessThan(
      LOGIT_TOLERANCE,
    );
  });

  it("replace the middle block's output at the last prompt position, and decode on with the cache", async () => {
    const { layer, vector, greedy_ids, greedy_logits } = reference.g;
    const { runner } = await openWith(model, file, { ...NO_HOOKS, codebook: [layer] });
    const { ids: chosen, rows } = await runner.greedy(ids, greedy_ids.length, {
      [`patch.${layer}.codebook.value`]: floats([1, 1, reference.d_model], vector),
      [`patch.${layer}.codebook.inject`]: truthTensor(true),
    });
    expect(chosen).toEqual(greedy_ids);
    rows.forEach((row, step) => {
      expect(largestDifference(row, greedy_logits[step]!)).toBeLessThan(LOGIT_TOLERANCE);
    });
  });
});
