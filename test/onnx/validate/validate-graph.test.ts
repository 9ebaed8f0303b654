import { describe, expect, it } from "vitest";
import { cloneGraph, floatInitializer, type Graph } from "../../../src/onnx/graph.ts";
import { checkFileKind } from "../../../src/onnx/validate/file-kind.ts";
import { validateGraph } from "../../../src/onnx/validate/validate-graph.ts";
import { tinyDecoder } from "../support/tiny-decoder.ts";

const faultOf = (change: (graph: Graph) => void): string => {
  const graph = cloneGraph(tinyDecoder());
  change(graph);
  const checked = validateGraph(graph);
  return checked.ok ? "none" : checked.problem.message;
};

describe("validateGraph", () => {
  it("finds nothing in a graph that is whole", () => {
    expect(faultOf(() => undefined)).toBe("none");
  });

  it("names what is read and never made, and what is made twice", () => {
    expect(faultOf((graph) => graph.nodes.at(-1)!.inputs.splice(0, 1, "nowhere"))).toContain(
      'Nothing makes "nowhere", which the graph reads.',
    );
    const twice = faultOf((graph) => graph.nodes.push({ ...graph.nodes.at(-1)! }));
    expect(twice).toContain('"logits" are made more than once.');
  });

  it("names the nodes of a circle, one that reads itself too", () => {
    const last = faultOf((graph) => graph.nodes.at(-1)!.inputs.splice(0, 1, "logits"));
    expect(last).toContain("The graph runs in a circle: ");
    expect(last).toContain("wait for each other");
  });

  it("does not take outputs and inputs that are left out for a tensor", () => {
    const leftOut = faultOf((graph) => {
      const [first, last] = [graph.nodes[0]!, graph.nodes.at(-1)!];
      last.outputs.push("");
      first.inputs.push("");
    });
    expect(leftOut).toBe("none");
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("names weights that hold %s", (value) => {
    const fault = faultOf((graph) =>
      graph.initializers.set("t_c", floatInitializer([2, 2], Float32Array.of(0, 1, value, 2))),
    );
    expect(fault).toContain('Weights hold NaN or infinity: "t_c".');
  });

  it("names all faults at once", () => {
    const fault = faultOf((graph) => {
      graph.nodes.at(-1)!.inputs.splice(0, 1, "nowhere");
      graph.initializers.set("bad", floatInitializer([1, 2], Float32Array.of(Number.NaN, 0)));
    });
    expect(fault).toContain("nowhere");
    expect(fault).toContain('"bad"');
  });
});

describe("checkFileKind", () => {
  it.each([
    ["", "is empty"],
    ["version https://git-lfs.github.com/spec/v1\noid sha256:1", "git lfs pull"],
    ["<!DOCTYPE html><html>", "is a web page"],
    ['{"error": "not found"}', "is JSON"],
    ["GGUF\u0003\0\0\0", "GGUF weights"],
    ["PK\u0003\u0004\u0014", "PyTorch weights"],
    ['\u0010\u0001\0\0\0\0\0\0{"__metadata__"', "holds safetensors"],
  ])("tells %j", (start, message) => {
    const checked = checkFileKind(
      "model.onnx",
      Uint8Array.from(start, (letter) => letter.charCodeAt(0)),
    );
    expect(checked).toMatchObject({ ok: false, problem: { code: "malformed_model" } });
    expect(checked.ok ? "" : checked.problem.message).toContain(message);
  });

  it("passes what may be a model", () => {
    expect(checkFileKind("model.onnx", Uint8Array.of(8, 9, 18, 7)).ok).toBe(true);
  });
});
