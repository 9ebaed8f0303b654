import { type Component, flatten } from "./component.ts";
import { prependsMark } from "./decoder-form.ts";
import type { TokenizerFile } from "./tokenizer-file.ts";

/** GPT-2's pattern, with white space as Unicode has it: the library's own takes U+FEFF for a space, not U+0085. */
const BYTE_LEVEL_PATTERN = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/** ASCII's punctuation and Unicode's. */
const PUNCTUATION = "[\\p{P}$+<=>\\^`|~]";

const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** A pattern whose groups capture nothing: the library would keep what they hold. */
const withoutCaptures = (regex: string): string =>
  regex.replace(/\\.|\[(?:\\.|[^\]])*\]|\((?!\?)/gs, (part) => (part === "(" ? "(?:" : part));

const cutAt = (regex: string): Component => ({
  ...{ type: "Split", pattern: { Regex: regex } },
  ...{ behavior: "Isolated", invert: false },
});

const keep = (regex: string): Component => ({ ...cutAt(regex), behavior: "Removed", invert: true });

/** Each match with what lies before it, up to the match before. */
const withPrevious = (regex: string): Component =>
  keep(`(?:(?!${regex})[\\s\\S])*${regex}|(?:(?!${regex})[\\s\\S])+`);

/** Each match with what lies behind it, up to the match after. */
const withNext = (regex: string): Component => keep(`(?:${regex})?(?:(?!${regex})[\\s\\S])+|${regex}`);

/** What a pattern splits a text into; the library knows two of the five behaviours, and one of them inverted. */
const split = (pattern: string, behavior: unknown, invert: boolean): Component => {
  const regex = `(?:${withoutCaptures(pattern)})`;
  switch (behavior) {
    case "Removed":
      return invert ? keep(regex) : { ...cutAt(regex), behavior };
    case "Contiguous":
      return cutAt(`${regex}+`);
    case "MergedWithPrevious":
      return invert ? withNext(regex) : withPrevious(regex);
    case "MergedWithNext":
      return invert ? withPrevious(regex) : withNext(regex);
    default:
      return cutAt(regex);
  }
};

const splitOf = ({ pattern, behavior, invert }: Component): Component => {
  const { String: text, Regex: regex } = pattern as { readonly String?: string; readonly Regex?: string };
  return split(text === undefined ? (regex ?? "") : quote(text), behavior, invert === true);
};

const byteLevel = (part: Component): Component[] => [
  ...(part.add_prefix_space === true
    ? [{ type: "Replace", pattern: { Regex: String.raw`\A[^ ][\s\S]*` }, content: " $&" }]
    : []),
  ...(part.use_regex === false ? [] : [cutAt(BYTE_LEVEL_PATTERN)]),
  { type: "ByteLevel", add_prefix_space: false, use_regex: false },
];

const metaspace = (part: Component): Component[] => {
  const mark = String(part.replacement ?? "\u2581");
  const prepend_scheme = prependsMark(part) ? (part.prepend_scheme ?? "always") : "never";
  const spaces = { type: "Metaspace", replacement: mark, prepend_scheme };
  return part.split === false ? [spaces] : [spaces, split(quote(mark), "MergedWithNext", false)];
};

/** Pre-tokenizers that the library runs otherwise than the reference: as splits, in which the two agree. */
const PRE_TOKENIZERS: Readonly<Record<string, (part: Component) => Component[]>> = {
  ByteLevel: byteLevel,
  Metaspace: metaspace,
  Split: (part) => [splitOf(part)],
  Digits: (part) => [split("\\p{N}", part.individual_digits === true ? "Isolated" : "Contiguous", false)],
  Punctuation: (part) => [split(PUNCTUATION, part.behavior, false)],
  Whitespace: () => [keep("\\w+|[^\\w\\s]+")],
  WhitespaceSplit: () => [keep("\\S+")],
};

/** A replacement is the text that it is: the library would read `$` as JavaScript does. */
const normalizer = (part: Component): Component =>
  part.type === "Replace" ? { ...part, content: String(part.content ?? "").replaceAll("$", "$$$$") } : part;

/** The same tokenizer, written so that the library encodes as the reference implementation does. */
export const libraryFile = (file: TokenizerFile): TokenizerFile => ({
  ...file,
  normalizer: {
    type: "Sequence",
    normalizers: flatten(file.normalizer, "normalizers").map(normalizer),
  },
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: flatten(file.pre_tokenizer, "pretokenizers").flatMap(
      (part) => PRE_TOKENIZERS[part.type]?.(part) ?? [part],
    ),
  },
});
