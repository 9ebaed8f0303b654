/** What canonical JSON can hold here: RFC 8785 without floating-point numbers. Absent keys are `undefined`. */
export type CanonicalValue = null | boolean | string | number | readonly CanonicalValue[] | {
    readonly [key: string]: CanonicalValue | undefined;
};
/**
 * The one JSON text of `value` by RFC 8785 (JCS): no white space, keys in order of their UTF-16 code units,
 * shortest escapes. Of numbers it takes safe integers only, for which every writer agrees.
 * Throws a TypeError on a float, an unsafe integer or a lone surrogate: callers pass parsed values.
 */
export declare const canonicalJson: (value: CanonicalValue) => string;
/** The UTF-8 bytes of `canonicalJson(value)`. */
export declare const canonicalJsonBytes: (value: CanonicalValue) => Uint8Array;
