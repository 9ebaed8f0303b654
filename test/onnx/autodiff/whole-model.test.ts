import { describe, expect, it } from "vitest";
import { addGradients } from "../../../src/onnx/autodiff/gradient-graph.ts";
import { traceValues } from "../../../src/onnx/autodiff/trace-values.ts";
import { findDecoder } from "../../../src/onnx/find-decoder.ts";
import type { Graph } from "../../../src/onnx/graph.ts";
import {
  floatTensor,
  integerTensor,
  type OfflineTensor,
  openOfflineSession,
} from "../../../src/onnx/offline-session.ts";
import { addTargetLoss } from "../../../src/onnx/surgery/target-loss.ts";
import { weightsAsInputs } from "../../../src/onnx/surgery/weights-as-inputs.ts";
import { emptyCache, tokenFeeds } from "../support/run-decoder.ts";
import { type TinyDecoderOptions, tinyDecoder } from "../support/tiny-decoder.ts";
import { unwrap } from "../support/unwrap.ts";
import { relativeError } from "./finite-differences.ts";
import { SPELLINGS } from "./spellings.ts";
import { widenGraph, widenTensor } from "./widen.ts";

/** Token 3 occurs three times, so that its embedding gathers several contributions. */
const TOKENS = [3, 17, 3, 30, 0, 3];
const TARGETS = [17, 3, 30, 0, 3, 5];
const WEIGHTS = [1, 0, 0.5, 1, 0, 2];
const STEP = 1e-5;

/** How many elements of each weight are compared with finite differences. */
const PROBED = 3;

type Tensors = Record<string, OfflineTensor>;

/** The float weights of a graph: every float initializer that is not a lone number. */
const weightNames = (graph: Graph): string[] =>
  [...graph.initializers].flatMap(([name, { type, shape, bytes }]) =>
    type === "float32" && shape.length > 0 && bytes.byteLength > 4 ? [name] : [],
  );

const prepare = (options: Partial<TinyDecoderOptions>) => {
  const plain = tinyDecoder(options);
  const structure = unwrap(findDecoder(plain));
  const names = weightNames(plain);
  const withLoss = addTargetLoss(plain, structure.io.logits);
  const wide = widenGraph(withLoss.graph);
  const weights: Tensors = Object.fromEntries(
    names.map((name) => {
      const { shape, bytes } = wide.initializers.get(name)!;
      return [name, { type: "float64", shape, data: new Float64Array(bytes.buffer.slice(0)) }];
    }),
  );
  const feeds: Tensors = {
    ...tokenFeeds(structure, TOKENS),
    ...emptyCache(structure),
    [withLoss.targets]: integerTensor([1, TOKENS.length], TARGETS),
    [withLoss.weights]: floatTensor([1, TOKENS.length], Float32Array.from(WEIGHTS)),
  };
  for (const [name, tensor] of Object.entries(feeds)) feeds[name] = widenTensor(tensor);
  const graph = unwrap(weightsAsInputs(wide, names));
  return { graph, loss: withLoss.loss, names, feeds: { ...feeds, ...weights } };
};

describe("the gradient of a whole decoder equals finite differences", () => {
  it.each(SPELLINGS)("$title", async (options) => {
    const { graph, loss, names, feeds } = prepare(options);
    const traced = unwrap(await traceValues(graph, feeds));
    const differentiated = unwrap(addGradients(graph, traced, loss, names));
    const session = unwrap(await openOfflineSession(differentiated.graph, { threads: 1 }));
    const lossNow = async () => ((await session.run(feeds, [loss]))[loss]!.data as Float64Array)[0]!;
    const outputs = await session.run(feeds);
    const [emitted, expected]: [number[], number[]] = [[], []];
    for (const name of names) {
      const data = feeds[name]!.data as Float64Array;
      const gradient = outputs[differentiated.gradients.get(name)!]!.data as Float64Array;
      for (let probe = 0; probe < PROBED; probe++) {
        const at = Math.floor(((probe + 0.5) / PROBED) * data.length);
        const original = data[at]!;
        data[at] = original + STEP;
        const above = await lossNow();
        data[at] = original - STEP;
        const below = await lossNow();
        data[at] = original;
        emitted.push(gradient[at]!);
        expected.push((above - below) / (2 * STEP));
      }
    }
    await session.release();
    expect(names.length).toBeGreaterThan(20);
    expect(relativeError(emitted, expected)).toBeLessThan(1e-8);
  });
});
