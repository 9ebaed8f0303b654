import { describe, expect, it } from "vitest";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { GraphIndex } from "../../src/onnx/graph-index.ts";
import { renameGraph, withNames } from "./support/rename-graph.ts";
import { DecoderRunner, largestDifference } from "./support/run-decoder.ts";
import { haveSharedModels, SHARED_EXPORTS, sharedGraph, sharedReference } from "./support/shared-models.ts";
import { unwrap } from "./support/unwrap.ts";

/** Names that the references give to activations. */
const ACTIVATION_NAMES: Readonly<Record<string, string>> = {
  "gelu_new (tanh form)": "gelu-tanh",
  silu: "silu",
};

/** PyTorch's own float32 keys are up to 2e-6 away from the references. */
const KEY_TOLERANCE = 5e-6;

describe.skipIf(!haveSharedModels).each(SHARED_EXPORTS)("findDecoder on $model/$file", ({ model, file }) => {
  const reference = haveSharedModels ? sharedReference(model) : undefined!;

  it("finds weights of the right shapes, in their orientation", () => {
    const graph = sharedGraph(model, file);
    const index = new GraphIndex(graph);
    const { blocks, dims, unembedding } = unwrap(findDecoder(graph));
    const shapeOf = (name: string) => index.constant(name)!.value.shape;
    expect(blocks).toHaveLength(reference.layers);
    expect(dims).toMatchObject({
      width: reference.d_model,
      ffn: reference.d_ffn,
      vocabulary: reference.vocab,
      headDim: 8,
    });
    expect([unembedding.in, unembedding.out]).toEqual([reference.d_model, reference.vocab]);
    for (const { feedForward } of blocks) {
      expect(feedForward.activation).toBe(ACTIVATION_NAMES[reference.activation]);
      expect(feedForward.gate !== null).toBe(reference.gated_ffn);
      for (const linear of [feedForward.up, feedForward.gate ?? feedForward.up, feedForward.down])
        expect(shapeOf(linear.weight)).toEqual(
          linear.orientation === "in-out" ? [linear.in, linear.out] : [linear.out, linear.in],
        );
      expect([feedForward.up.in, feedForward.up.out]).toEqual([reference.d_model, reference.d_ffn]);
      expect([feedForward.down.in, feedForward.down.out]).toEqual([reference.d_ffn, reference.d_model]);
    }
  });

  it("finds the same structure under random names", () => {
    const graph = sharedGraph(model, file);
    const found = unwrap(findDecoder(graph));
    for (const seed of [1, 2, 3]) {
      const renamed = renameGraph(graph, seed);
      expect(unwrap(findDecoder(renamed.graph))).toEqual(withNames(found, renamed.names));
    }
  });

  it("finds the tensor that holds the key of the middle down-projection", async () => {
    const graph = sharedGraph(model, file);
    const structure = unwrap(findDecoder(graph));
    const { layer, position, key } = reference.c;
    const { input } = structure.blocks[layer]!.feedForward.down;
    const runner = await DecoderRunner.open(graph, structure, { exposed: [input] });
    const { shape, data } = (await runner.run(reference.prompt.ids))[input]!;
    expect(shape).toEqual([1, reference.prompt.ids.length, reference.d_ffn]);
    const row = data.slice(position * key.length, (position + 1) * key.length) as Float32Array;
    expect(largestDifference(row, key)).toBeLessThan(KEY_TOLERANCE);
  });
});

describe.skipIf(!haveSharedModels)("findDecoder on grouped-query attention", () => {
  it("counts the key-value heads, in the cached export and the one without", () => {
    const heads = (file: string) => {
      const { dims } = unwrap(findDecoder(sharedGraph("stories260k", file)));
      return [dims.heads, dims.kvHeads];
    };
    expect(heads("model.onnx")).toEqual([8, 4]);
    expect(heads("model_no_past.onnx")).toEqual([8, 4]);
  });
});
