/** What canonical JSON can hold here: RFC 8785 without floating-point numbers. Absent keys are `undefined`. */
export type CanonicalValue =
  | null
  | boolean
  | string
  | number
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue | undefined };

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

const writeString = (text: string): string => {
  // RFC 8785 section 3.2.2.2: a lone surrogate has no UTF-8 form, so two texts would share one digest.
  if (LONE_SURROGATE.test(text)) throw new TypeError(`canonical JSON cannot hold a lone surrogate: ${text}`);
  return JSON.stringify(text);
};

const writeInteger = (value: number): string => {
  if (!Number.isSafeInteger(value)) throw new TypeError(`canonical JSON holds safe integers only: ${value}`);
  return String(value);
};

const compareCodeUnits = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/**
 * The one JSON text of `value` by RFC 8785 (JCS): no white space, keys in order of their UTF-16 code units,
 * shortest escapes. Of numbers it takes safe integers only, for which every writer agrees.
 * Throws a TypeError on a float, an unsafe integer or a lone surrogate: callers pass parsed values.
 */
export const canonicalJson = (value: CanonicalValue): string => {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return writeString(value);
  if (typeof value === "number") return writeInteger(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.entries(value)
    .filter((entry): entry is [string, CanonicalValue] => entry[1] !== undefined)
    .sort(([left], [right]) => compareCodeUnits(left, right))
    .map(([key, member]) => `${writeString(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
};

/** The UTF-8 bytes of `canonicalJson(value)`. */
export const canonicalJsonBytes = (value: CanonicalValue): Uint8Array =>
  new TextEncoder().encode(canonicalJson(value));
