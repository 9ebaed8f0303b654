import { describe, expect, it } from "vitest";
import { readModel } from "../../src/onnx/read-model.ts";
import { INLINE_WEIGHTS_MAX_BYTES, needDataFile, standaloneModel } from "../../src/onnx/standalone-model.ts";
import { tinyModel } from "../fixtures/tiny-model.ts";
import { unwrap } from "./support/unwrap.ts";

const plainOf = async () => {
  const files = await tinyModel();
  return { model: files.model, graph: unwrap(readModel(files.plain, () => files.weights)) };
};

describe("standaloneModel", () => {
  it("has the weights inside, and no output that only serving reads", async () => {
    const { model, graph } = await plainOf();
    const made = unwrap(standaloneModel(graph, model, [], { dataFile: "m.data", beside: false }));
    expect(made.weights).toBeNull();
    const read = unwrap(readModel(made.graph));
    const queries = model.hooks.flatMap((hook) => (hook.kind === "codebook" ? [hook.outputs.query] : []));
    expect(queries).toHaveLength(2);
    expect(graph.outputs.map(({ name }) => name)).toEqual(expect.arrayContaining(queries));
    const { logits, cache } = model.io;
    const present = cache.flatMap(({ presentKey, presentValue }) => [presentKey, presentValue]);
    expect(read.outputs.map(({ name }) => name).sort()).toEqual([logits, ...present].sort());
    expect(read.inputs).toEqual(graph.inputs);
  });

  it("puts the weights beside where it is told to", async () => {
    const { model, graph } = await plainOf();
    const made = unwrap(standaloneModel(graph, model, [], { dataFile: "m.data", beside: true }));
    const asked: string[] = [];
    const read = unwrap(
      readModel(made.graph, (location) => {
        asked.push(location);
        return made.weights!;
      }),
    );
    expect(new Set(asked)).toEqual(new Set(["m.data"]));
    expect([...read.initializers.keys()]).toEqual([...graph.initializers.keys()]);
  });

  it("needs a data file past what one message holds", () => {
    expect(needDataFile(INLINE_WEIGHTS_MAX_BYTES)).toBe(false);
    expect(needDataFile(INLINE_WEIGHTS_MAX_BYTES + 1)).toBe(true);
  });
});
