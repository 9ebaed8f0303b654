import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StopMatcher } from "../../../src/engine/decoding/stop-matcher.ts";

/** Feeds `pieces`, each its own item, and gathers what comes out. */
const run = (pieces: readonly string[], stops: readonly string[]) => {
  const matcher = new StopMatcher<number>(stops);
  let text = "";
  const items: number[] = [];
  for (const [i, piece] of pieces.entries()) {
    const released = matcher.push(piece, i);
    text += released.text;
    items.push(...released.items);
    if (released.stopped) return { text, items, stopped: true };
  }
  const last = matcher.flush("");
  return { text: text + last.text, items: [...items, ...last.items], stopped: last.stopped };
};

describe("stop sequences", () => {
  test("are found across the borders of pieces, and nothing of them is emitted", () => {
    expect(run(["Paris", ".", " \n", "\nThe"], [".\u0020\n\n"])).toEqual({
      text: "Paris",
      items: [0],
      stopped: true,
    });
  });

  test("cut a piece that holds the beginning of one", () => {
    expect(run(["one. T", "wo"], [". "])).toEqual({ text: "one", items: [0], stopped: true });
  });

  test("hold back text only while it may begin one", () => {
    const matcher = new StopMatcher<number>(["END"]);
    expect(matcher.push("x E", 0)).toEqual({ text: "x ", items: [0], stopped: false });
    expect(matcher.push("N", 1)).toEqual({ text: "", items: [], stopped: false });
    expect(matcher.push("S", 2)).toEqual({ text: "ENS", items: [1, 2], stopped: false });
  });

  test("that stay open at the end are text after all", () => {
    expect(run(["a", "EN"], ["END"])).toEqual({ text: "aEN", items: [0, 1], stopped: false });
  });

  test("are still found in what the decoder gives at the very end", () => {
    const matcher = new StopMatcher<number>(["\ufffd"]);
    matcher.push("a", 0);
    expect(matcher.flush("\ufffd")).toEqual({ text: "", items: [], stopped: true });
  });

  test("end the text where the whole text would end, however it is cut", () => {
    const letters = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 4 }), {
      maxLength: 12,
    });
    const stop = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(letters, stop, (pieces, stop) => {
        const whole = pieces.join("");
        const place = whole.indexOf(stop);
        const result = run(pieces, [stop]);
        expect(result.text).toBe(place < 0 ? whole : whole.slice(0, place));
        expect(result.stopped).toBe(place >= 0);
        if (place < 0) expect(result.items).toEqual(pieces.map((_, i) => i));
      }),
    );
  });
});
