import { Tokenizer as Library } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTokenizer, type Tokenizer } from "../../../src/engine/tokenizer/tokenizer.ts";
import { SHARED_MODELS, sharedReference, sharedTokenizer } from "../support/shared-models.ts";
import { byteLevelTokenizer, spaceMarkTokenizer } from "../support/tokenizer-fixtures.ts";

const open = (json: string): Tokenizer => {
  const tokenizer = createTokenizer(json);
  if (!tokenizer.ok) throw new Error(tokenizer.problem.message);
  return tokenizer.value;
};

const pieces = (tokenizer: Tokenizer, ids: readonly number[], place: "start" | "continuation"): string[] => {
  const decoder = tokenizer.decoder(place);
  return [...ids.map((id) => decoder.push(id)), decoder.flush()];
};

describe("a byte-level tokenizer", () => {
  const tokenizer = open(byteLevelTokenizer());

  test("gives back any text that it encoded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.toWellFormed());
      }),
    );
  });

  test("keeps the leading space of a continuation", () => {
    const ids = tokenizer.encodeContinuation(" Paris");
    expect(pieces(tokenizer, ids, "continuation").join("")).toBe(" Paris");
  });

  test("holds a character back until its last byte", () => {
    // UTF-8 of the euro sign is E2 82 AC; bytes below 256 have single tokens, found through their encoding.
    const euro = tokenizer.encode("\u20ac");
    expect(euro).toHaveLength(3);
    expect(pieces(tokenizer, euro, "start")).toEqual(["", "", "\u20ac", ""]);
    expect(pieces(tokenizer, euro.slice(0, 2), "start")).toEqual(["", "", "\ufffd"]);
  });

  test("writes the bytes of a token that is no whole character", () => {
    expect(tokenizer.encode("\u20ac").map((id) => tokenizer.tokenText(id))).toEqual([
      "bytes:\\xe2",
      "bytes:\\x82",
      "bytes:\\xac",
    ]);
    expect(tokenizer.tokenText(0)).toBe("<|endoftext|>");
  });

  test("leaves special tokens out of decoded text", () => {
    expect(tokenizer.decode([...tokenizer.encode("a"), 0, ...tokenizer.encode("b")])).toBe("ab");
  });
});

describe.each([
  ["byte-level", byteLevelTokenizer(), "<|endoftext|>"],
  ["U+2581", spaceMarkTokenizer(), "</s>"],
])("a special token spelled out in a text for a %s tokenizer", (_, json, spelled) => {
  const tokenizer = open(json);
  const special = (JSON.parse(json) as { added_tokens: { id: number; content: string }[] }).added_tokens.find(
    ({ content }) => content === spelled,
  )!.id;

  test.each([spelled, `a${spelled}b`, ` ${spelled} ${spelled}`])("is text: %j", (text) => {
    for (const ids of [tokenizer.encode(text), tokenizer.encodeContinuation(text)])
      expect(ids).not.toContain(special);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });
});

describe("a U+2581 tokenizer with byte fallback", () => {
  const tokenizer = open(spaceMarkTokenizer());
  const SPACE_THE = 289;

  test("puts the begin token and a space in front of a prompt, and drops that space again", () => {
    expect(tokenizer.encode("the")).toEqual([1, SPACE_THE]);
    expect(tokenizer.decode([1, SPACE_THE])).toBe("the");
  });

  test("adds neither to a continuation, whose space is its own", () => {
    expect(tokenizer.encodeContinuation(" the")).toEqual([SPACE_THE]);
    expect(tokenizer.encodeContinuation("a")).toEqual([260]);
    expect(pieces(tokenizer, [SPACE_THE], "continuation")).toEqual([" the", ""]);
  });

  test("drops only one space, and only at the very beginning", () => {
    expect(tokenizer.decode(tokenizer.encode("  the the"))).toBe("  the the");
  });

  test("joins byte tokens into characters", () => {
    const ids = tokenizer.encode("\u00e9");
    expect(ids).toEqual([1, 259, 3 + 0xc3, 3 + 0xa9]);
    expect(pieces(tokenizer, ids, "start")).toEqual(["", "", "", "\u00e9", ""]);
  });
});

describe.each([
  ["byte-level", byteLevelTokenizer()],
  ["U+2581", spaceMarkTokenizer()],
])("decoding %s tokens one at a time", (_, json) => {
  const tokenizer = open(json);
  const library = new Library(JSON.parse(json), { clean_up_tokenization_spaces: false });
  const size = library.get_vocab().size;
  const ids = fc.array(fc.integer({ min: 0, max: size - 1 }), { minLength: 1, maxLength: 24 });

  test("gives, for any ids at all, what the library decodes from the whole", () => {
    fc.assert(
      fc.property(ids, (ids) => {
        const whole = library.decode(ids, { skip_special_tokens: true });
        expect(pieces(tokenizer, ids, "start").join("")).toBe(whole);
      }),
      { numRuns: 1000 },
    );
  });

  test("never emits part of a character that later tokens complete", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        const decoder = tokenizer.decoder("start");
        const ids = tokenizer.encode(text);
        // Not the text itself: one that has U+2581 in it comes back with a space there.
        const whole = library.decode([...ids], { skip_special_tokens: true });
        let emitted = "";
        for (const id of ids) {
          emitted += decoder.push(id);
          expect(whole.startsWith(emitted)).toBe(true);
        }
      }),
    );
  });
});

describe("a tokenizer file that cannot be used", () => {
  test.each([
    ["not JSON", "{"],
    ["without a decoder", JSON.stringify({ ...JSON.parse(byteLevelTokenizer()), decoder: null })],
    [
      "with another decoder",
      JSON.stringify({ ...JSON.parse(byteLevelTokenizer()), decoder: { type: "WordPiece" } }),
    ],
    [
      "with an unknown model",
      JSON.stringify({ ...JSON.parse(byteLevelTokenizer()), model: { type: "Nonsense" } }),
    ],
  ])("%s is a malformed model", (_, json) => {
    expect(createTokenizer(json)).toMatchObject({ ok: false, problem: { code: "malformed_model" } });
  });
});

describe.skipIf(SHARED_MODELS.length === 0).each([...SHARED_MODELS])("the tokenizer of %s", (model) => {
  const tokenizer = open(sharedTokenizer(model));
  const reference = sharedReference(model);

  test("meets every golden case", () => {
    expect(reference.tokenizer_cases.length).toBeGreaterThan(5);
    for (const { text, ids, decoded } of reference.tokenizer_cases) {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(decoded);
    }
  });

  test("encodes continuations as the reference does", () => {
    expect(tokenizer.encodeContinuation(reference.b.continuation_text)).toEqual(reference.b.continuation_ids);
  });
});
