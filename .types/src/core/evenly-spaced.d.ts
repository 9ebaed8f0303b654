/** `count` elements of `list` at even distances, the first among them; all of a shorter list, in order. */
export declare const evenlySpaced: <Element>(list: readonly Element[], count: number) => readonly Element[];
