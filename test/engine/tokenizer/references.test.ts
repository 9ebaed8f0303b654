import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTokenizer, type Tokenizer } from "../../../src/engine/tokenizer/tokenizer.ts";

interface Family {
  readonly name: string;
  readonly vocabulary: "bytes" | "marks";
  readonly model: object;
  readonly cases: readonly { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
}

/** Small tokenizers of each family's components, with what Python's tokenizers makes of texts. */
const { vocabularies, families } = JSON.parse(
  readFileSync(join(import.meta.dirname, "references.json"), "utf8"),
) as {
  readonly vocabularies: Record<string, { readonly vocab: string[]; readonly merges: unknown[] }>;
  readonly families: readonly Family[];
};

const fileOf = ({ name: _, vocabulary, cases: __, model, ...parts }: Family) => {
  const { vocab, merges } = vocabularies[vocabulary]!;
  return {
    ...parts,
    model: { ...model, vocab: Object.fromEntries(vocab.map((token, id) => [token, id])), merges },
  };
};

const open = (file: object): Tokenizer => {
  const tokenizer = createTokenizer(JSON.stringify(file));
  if (!tokenizer.ok) throw new Error(tokenizer.problem.message);
  return tokenizer.value;
};

const familyOf = (name: string): Family => families.find((family) => family.name === name)!;

describe.each(families.map((family) => [family.name, family] as const))("a tokenizer of %s", (_, family) => {
  const tokenizer = open(fileOf(family));

  test("encodes and decodes as the reference does", () => {
    expect(family.cases.length).toBeGreaterThan(10);
    for (const { text, ids, decoded } of family.cases) {
      expect(tokenizer.encode(text, { specials: "recognised" }), JSON.stringify(text)).toEqual(ids);
      expect(tokenizer.decode(ids), JSON.stringify(text)).toBe(decoded);
    }
  });

  test("takes special tokens for text unless they are to be recognised", () => {
    const spelled = "to</s>";
    expect(tokenizer.encodeContinuation(spelled)).not.toContain(1);
    expect(tokenizer.encodeContinuation(spelled, { specials: "recognised" })).toContain(1);
  });

  test("adds no begin to a text that has it", () => {
    const [first, ...more] = tokenizer.encode("<s>to", { specials: "recognised" });
    expect(first).toBe(0);
    expect(more).not.toContain(0);
  });

  test("decodes tokens one at a time to what they are together, and has no text for ids without a token", () => {
    const ids = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 24 });
    fc.assert(
      fc.property(ids, (ids) => {
        const decoder = tokenizer.decoder("start");
        const pieces = [...ids.map((id) => decoder.push(id)), decoder.flush()].join("");
        expect(pieces).toBe(tokenizer.decode(ids.filter((id) => id < 400)));
      }),
    );
    expect(tokenizer.tokenText(500)).toBe("");
  });
});

/** Families that neither normalize nor drop characters, so that every text comes back. */
const LOSSLESS = ["GPT-2", "OPT", "Llama 3, SmolLM3", "SmolLM, Granite", "Falcon", "Llama 2", "Gemma"];

describe.each(LOSSLESS)("a tokenizer of %s", (name) => {
  const tokenizer = open(fileOf(familyOf(name)));

  test("gives back any text that it encoded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        // The mark for a space comes back as the space that it stands for.
        const back = familyOf(name).vocabulary === "marks" ? text.replaceAll("\u2581", " ") : text;
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(back.toWellFormed());
      }),
    );
  });
});

describe("an old tokenizer file", () => {
  const family = familyOf("GPT-2");
  const file = fileOf(family);
  const expectSame = (old: object) => {
    const tokenizer = open(old);
    for (const { text, ids } of family.cases)
      expect(tokenizer.encode(text, { specials: "recognised" })).toEqual(ids);
  };

  test("without its model's type is one of byte pairs", () => {
    expectSame({ ...file, model: { ...file.model, type: undefined } });
  });

  test("has merges as texts or as pairs", () => {
    const pairs = file.model.merges.map((merge) => (typeof merge === "string" ? merge.split(" ") : merge));
    expect(pairs.length).toBeGreaterThan(10);
    expectSame({ ...file, model: { ...file.model, merges: pairs } });
    const texts = pairs.map((pair) => (pair as string[]).join(" "));
    expectSame({ ...file, model: { ...file.model, merges: texts } });
  });

  test("lists special tokens without flags, and leaves out what it does not use", () => {
    const { decoder, pre_tokenizer, model } = file as typeof file & Record<string, unknown>;
    const added_tokens = [
      { id: 0, content: "<s>" },
      { id: 1, content: "</s>" },
    ];
    expectSame({ decoder, pre_tokenizer, model, added_tokens });
    expect(open({ decoder, pre_tokenizer, model, added_tokens }).decode([0, 1])).toBe("");
  });
});
