import { describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/digest.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { cloneGraph, type Graph } from "../../src/onnx/graph.ts";
import { NO_HOOKS } from "../../src/onnx/hooks/hook-selection.ts";
import { type ModelSource, prepareModel } from "../../src/onnx/prepare-model.ts";
import { readModel } from "../../src/onnx/read-model.ts";
import { ownDecoder } from "./support/own-decoder.ts";
import { DecoderRunner } from "./support/run-decoder.ts";
import { tinyDecoder } from "./support/tiny-decoder.ts";
import { unwrap } from "./support/unwrap.ts";

const TOKENIZER = new TextEncoder().encode('{"model":{"type":"BPE"}}');

/** Built once; nothing here may change it. */
const OWN = ownDecoder();

const source = (changes: Partial<ModelSource> = {}): ModelSource => ({
  name: "own",
  graph: OWN,
  tokenizerJson: TOKENIZER,
  specialTokens: { begin: null, end: 0 },
  ...changes,
});

/** `graph` with every initializer moved into a Constant node, as older exporters have it. */
const withConstantNodes = (graph: Graph): Graph => {
  const copy = cloneGraph(graph);
  for (const [name, value] of graph.initializers)
    copy.nodes.unshift({
      name,
      op: "Constant",
      domain: "",
      inputs: [],
      outputs: [name],
      attributes: new Map([["value", { kind: "tensor", value }]]),
    });
  copy.initializers.clear();
  return copy;
};

describe("prepareModel", () => {
  it("describes the model, with the default hooks and the context of the position table", async () => {
    const { model } = unwrap(await prepareModel(source()));
    expect(model).toMatchObject({
      format: 2,
      name: "own",
      architecture: "layer norm, learned positions, gelu-tanh FFN",
      dims: { width: 192, ffn: 768, heads: 6, kvHeads: 6, headDim: 32, vocabulary: 300, context: 32 },
      layers: 3,
      chatTemplate: null,
      specialTokens: { begin: null, end: 0 },
    });
    expect(model.io.cache).toHaveLength(3);
    expect(model.hooks.map(({ kind, layer }) => `${kind} ${layer}`)).toEqual([
      "low-rank 1",
      "neurons 2",
      "codebook 2",
    ]);
  });

  it("puts the weights aside, and names every file by its digest", async () => {
    const files = unwrap(await prepareModel(source()));
    expect(files.graph.byteLength).toBeLessThan(64_000);
    expect(files.weights.byteLength).toBeGreaterThan(5_000_000);
    expect(files.tokenizer).toEqual(TOKENIZER);
    expect(files.model.digests).toEqual({
      graph: await digestOf(files.graph),
      plain: await digestOf(files.plain),
      weights: await digestOf(files.weights),
      tokenizer: await digestOf(TOKENIZER),
    });
  });

  it("gives the same bytes for the same source", async () => {
    const [first, second] = [unwrap(await prepareModel(source())), unwrap(await prepareModel(source()))];
    expect(second.graph).toEqual(first.graph);
    expect(second.plain).toEqual(first.plain);
    expect(second.model).toEqual(first.model);
    expect(first.model.digests.weights).toBe(await digestOf(second.weights));
  });

  it("writes a graph that, read back with its weights and without patches, gives the plain model's logits", async () => {
    const files = unwrap(await prepareModel(source()));
    const read = unwrap(
      readModel(files.graph, (location) => (location === "weights.bin" ? files.weights : undefined)),
    );
    const structure = unwrap(findDecoder(OWN));
    const before = await (await DecoderRunner.open(OWN, structure)).run([5, 6, 7]);
    const prepared = await DecoderRunner.open(read, structure, { hooks: files.model.hooks });
    const after = await prepared.run([5, 6, 7]);
    expect(after.logits).toEqual(before.logits);
    expect(after.logits!.shape).toEqual([1, 3, 300]);
  });

  it("prepares a plain model where no hooks are asked for", async () => {
    const { model, graph } = unwrap(await prepareModel(source({ hooks: NO_HOOKS })));
    expect(model.hooks).toEqual([]);
    const names = unwrap(readModel(graph, () => new Uint8Array(1e7))).inputs.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("patch."))).toEqual([]);
  });

  it("moves weights out of Constant nodes", async () => {
    const files = unwrap(await prepareModel(source({ graph: withConstantNodes(OWN) })));
    expect(files.graph.byteLength).toBeLessThan(64_000);
    expect(files.weights.byteLength).toBeGreaterThan(5_000_000);
  });

  it("refuses a graph without a cache", async () => {
    const result = await prepareModel(source({ graph: tinyDecoder({ cached: false }) }));
    expect(result).toMatchObject({ ok: false, problem: { code: "unsupported_graph" } });
    if (!result.ok) expect(result.problem.message).toMatch(/lacks a key-value cache/);
  });

  it("refuses a context beyond the position table, and takes a shorter one", async () => {
    expect(await prepareModel(source({ context: 33 }))).toMatchObject({
      ok: false,
      problem: { code: "unsupported_value", param: "context" },
    });
    expect(unwrap(await prepareModel(source({ context: 20 }))).model.dims.context).toBe(20);
  });

  it.each([
    ["a tokenizer that is not JSON", { tokenizerJson: new Uint8Array([123]) }, "malformed_model"],
    ["a name that no route can carry", { name: "No/Name" }, "invalid_request"],
    ["a hook outside of the blocks", { hooks: { ...NO_HOOKS, codebook: [7] } }, "unsupported_value"],
  ])("refuses %s", async (_, changes, code) => {
    expect(await prepareModel(source(changes))).toMatchObject({ ok: false, problem: { code } });
  });
});
