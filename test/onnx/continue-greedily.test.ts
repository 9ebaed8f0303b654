import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { continueGreedily, type DecodedModel } from "../../src/onnx/continue-greedily.ts";
import { findDecoder } from "../../src/onnx/find-decoder.ts";
import { type OfflineSession, openOfflineSession } from "../../src/onnx/offline-session.ts";
import { DecoderRunner, indexOfLargest } from "./support/run-decoder.ts";
import { TINY, tinyDecoder } from "./support/tiny-decoder.ts";
import { unwrap } from "./support/unwrap.ts";

const LONGEST = 6;
const PROMPTS = [
  [3, 17, 5],
  [0, 8, 30],
  [22, 9, 9],
  [11, 2, 28],
];

const graph = tinyDecoder();
const structure = unwrap(findDecoder(graph));

/** The tiny decoder, of which `end` ends an answer. */
const endingWith = (end: number): DecodedModel => ({
  io: { ...structure.io, cache: structure.blocks.flatMap(({ cache }) => cache ?? []) },
  dims: TINY,
  specialTokens: { end },
});

let session: OfflineSession;
/** What each prompt, run alone, goes on with, and by how much each token leads. */
let alone: { ids: number[]; leads: number[] }[];

beforeAll(async () => {
  session = unwrap(await openOfflineSession(graph, { threads: 1 }));
  const runner = await DecoderRunner.open(graph, structure);
  alone = [];
  for (const prompt of PROMPTS) {
    const { ids, rows } = await runner.greedy(prompt, LONGEST);
    const leads = rows.map((row) => {
      const others = row.filter((_, id) => id !== indexOfLargest(row));
      return Math.max(...row) - Math.max(...others);
    });
    alone.push({ ids, leads });
  }
  await runner.release();
});

afterAll(() => session.release());

describe("prompts side by side", () => {
  it("go on as each does alone, up to the limit", async () => {
    const together = await continueGreedily(session, endingWith(-1), PROMPTS, LONGEST);
    expect(together.map(({ tokens }) => tokens)).toEqual(alone.map(({ ids }) => ids));
    for (const [row, { lead }] of together.entries())
      expect(lead).toBeCloseTo(Math.min(...alone[row]!.leads.slice(0, LONGEST)), 4);
  });

  it("end each by itself, before the end token, whose lead counts", async () => {
    const end = alone[0]!.ids[2]!;
    const together = await continueGreedily(session, endingWith(end), PROMPTS, LONGEST);
    const expected = alone.map(({ ids }) => (ids.includes(end) ? ids.slice(0, ids.indexOf(end)) : ids));
    expect(together.map(({ tokens }) => tokens)).toEqual(expected);
    expect(expected[0]!.length).toBeLessThan(LONGEST);
    expect(expected.some(({ length }) => length === LONGEST)).toBe(true);
    expect(together[0]!.lead).toBeCloseTo(Math.min(...alone[0]!.leads.slice(0, expected[0]!.length + 1)), 4);
  });

  it("say nothing within a limit of no tokens", async () => {
    const none = await continueGreedily(session, endingWith(-1), PROMPTS, 0);
    expect(none.map(({ tokens }) => tokens)).toEqual(PROMPTS.map(() => []));
  });
});
