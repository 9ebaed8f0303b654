import { beforeAll, describe, expect, it } from "vitest";
import type { EditingContext } from "../../../src/edit/method.ts";
import {
  collectSecondMoments,
  type MomentRequest,
  type MomentSums,
} from "../../../src/edit/statistics/collect-second-moments.ts";
import { sequencesOf, statisticsCorpus } from "../../../src/edit/statistics/corpus.ts";
import {
  positionsIn,
  STATE_POSITIONS,
  type StatePositions,
} from "../../../src/edit/statistics/state-positions.ts";
import { findDecoder } from "../../../src/onnx/find-decoder.ts";
import { modelFeeds } from "../../../src/onnx/model-feeds.ts";
import { openOfflineSession } from "../../../src/onnx/offline-session.ts";
import { removePatchInputs } from "../../../src/onnx/remove-patch-inputs.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { randomTexts } from "../support/random-texts.ts";
import { tinyContext } from "../support/tiny-context.ts";

let context: EditingContext;

beforeAll(async () => {
  context = await tinyContext();
});

const requestOf = async (
  texts: number,
  positions: StatePositions,
  layers: readonly number[],
): Promise<MomentRequest> => ({
  model: context.model,
  graph: context.graph,
  tokenizer: context.engine.tokenizer,
  corpus: await statisticsCorpus(randomTexts(texts)),
  layers,
  positions,
  from: null,
  onWindow: async () => undefined,
  onProgress: () => undefined,
});

/** The mean outer product, text by text and state by state, from the activations themselves. */
const plainMoment = async (texts: number, positions: StatePositions, layer: number) => {
  const graph = removePatchInputs(context.graph);
  const { input } = unwrap(findDecoder(graph)).blocks[layer]!.feedForward.down;
  const session = unwrap(await openOfflineSession(graph, { exposed: [input] }));
  const size = context.model.dims.ffn;
  const sum = new Float64Array(size * size);
  let count = 0;
  for (const text of randomTexts(texts))
    for (const sequence of sequencesOf(
      text,
      positions,
      context.engine.tokenizer,
      context.model.dims.context,
    )) {
      const run = await session.run(modelFeeds(context.model, sequence.ids), [input]);
      const states = run[input]!.data as Float32Array;
      for (const position of positionsIn(sequence, positions)) {
        const a = states.subarray(position * size, (position + 1) * size);
        for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sum[i * size + j]! += a[i]! * a[j]!;
        count++;
      }
    }
  await session.release();
  return { count, mean: sum.map((value) => value / count) };
};

describe("collectSecondMoments", () => {
  it.each(STATE_POSITIONS)(
    "takes the mean outer product of the states at %s positions",
    async (positions) => {
      const moments = unwrap(await collectSecondMoments(await requestOf(90, positions, [0, 2])));
      expect(moments.map(({ layer }) => layer)).toEqual([0, 2]);
      for (const moment of moments) {
        const { count, mean } = await plainMoment(90, positions, moment.layer);
        expect(moment).toMatchObject({ positions, count, matrix: { rows: 64, columns: 64 } });
        const scale = Math.max(...mean.map(Math.abs));
        const error = moment.matrix.data.reduce((worst, v, i) => Math.max(worst, Math.abs(v - mean[i]!)), 0);
        expect(error / scale).toBeLessThan(1e-5);
      }
    },
  );

  it("tells the rank: no more directions than states, and all of them once there are enough", async () => {
    const few = unwrap(await collectSecondMoments(await requestOf(20, "last-prompt", [1])))[0]!;
    expect(few.count).toBe(20);
    expect(few.rank).toBeLessThanOrEqual(20);
    const many = unwrap(await collectSecondMoments(await requestOf(300, "last-prompt", [1])))[0]!;
    expect(many.rank).toBe(64);
  });

  it("gives the bits of an unbroken run when it goes on from where one was stopped", async () => {
    const request = await requestOf(1200, "last-prompt", [1]);
    const unbroken = unwrap(await collectSecondMoments(request))[0]!;
    let kept: MomentSums | null = null;
    const stop = new AbortController();
    const stopped = await collectSecondMoments({
      ...request,
      signal: stop.signal,
      onWindow: async (sums) => {
        kept = structuredClone(sums);
        stop.abort();
      },
    });
    expect(stopped).toMatchObject({ ok: false, problem: { code: "cancelled" } });
    expect(kept).toMatchObject({ texts: 512, count: 512 });
    const resumed = unwrap(await collectSecondMoments({ ...request, from: kept }))[0]!;
    expect(resumed).toEqual(unbroken);
  });

  it("refuses a block that is not there, and a corpus of which nothing fits", async () => {
    expect(await collectSecondMoments(await requestOf(5, "all", [3]))).toMatchObject({
      ok: false,
      problem: { code: "unsupported_value", message: expect.stringContaining("0 to 2") },
    });
    const corpus = await statisticsCorpus([{ prompt: "x".repeat(49), answer: "" }]);
    const request = { ...(await requestOf(1, "last-prompt", [1])), corpus };
    expect(await collectSecondMoments(request)).toMatchObject({
      ok: false,
      problem: { code: "too_few_samples" },
    });
    // All tokens of a long text count: it is cut to the context.
    const cut = unwrap(await collectSecondMoments({ ...request, positions: "all" }))[0]!;
    expect(cut.count).toBe(49);
  });
});
