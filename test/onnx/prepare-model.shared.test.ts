import { describe, expect, it } from "vitest";
import { describeDecoder } from "../../src/onnx/describe-decoder.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { prepareModel } from "../../src/onnx/prepare-model.ts";
import { readModel } from "../../src/onnx/read-model.ts";
import { DecoderRunner, largestDifference, lastRow } from "./support/run-decoder.ts";
import {
  haveSharedModels,
  SHARED_CACHED,
  sharedGraph,
  sharedReference,
  sharedTokenizer,
} from "./support/shared-models.ts";
import { unwrap } from "./support/unwrap.ts";

describe.skipIf(!haveSharedModels).each(SHARED_CACHED)("prepareModel on $model/$file", ({ model, file }) => {
  it("writes a model that decodes greedily as the reference does", async () => {
    const reference = sharedReference(model);
    const graph = sharedGraph(model, file);
    const structure = unwrap(findDecoder(graph));
    const files = unwrap(
      await prepareModel({
        name: model,
        graph,
        tokenizerJson: sharedTokenizer(model),
        context: 100,
        specialTokens: { begin: null, end: 0 },
      }),
    );
    const read = unwrap(readModel(files.graph, () => files.weights));
    const runner = await DecoderRunner.open(read, structure, { hooks: files.model.hooks });
    const { ids, rows } = await runner.greedy(reference.prompt.ids, reference.a.greedy_ids.length);
    expect(ids).toEqual(reference.a.greedy_ids);
    expect(largestDifference(rows[0]!, reference.a.logits_last)).toBeLessThan(3e-5);
    expect(lastRow((await runner.run(reference.prompt.ids))[structure.io.logits]!)).toEqual(rows[0]);
  });
});

describe.skipIf(!haveSharedModels)("prepareModel and describeDecoder on computed positions", () => {
  it("ask for the context that the graph cannot tell", async () => {
    const result = await prepareModel({
      name: "stories",
      graph: sharedGraph("stories260k", "model.onnx"),
      tokenizerJson: sharedTokenizer("stories260k"),
      specialTokens: { begin: 1, end: 2 },
    });
    expect(result).toMatchObject({ ok: false, problem: { code: "invalid_request", param: "context" } });
  });

  it("show the structure as plain data", () => {
    const found = describeDecoder(unwrap(findDecoder(sharedGraph("stories260k", "model.onnx"))));
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    expect(found.architecture).toBe("RMS norm, computed positions, gated silu FFN");
    expect(found.layers).toBe(5);
    expect(found.blocks[4]!.gate).toMatchObject({ orientation: "in-out", in: 64, out: 172, bias: null });
  });
});
