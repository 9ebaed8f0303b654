/** `count` elements of `list` at even distances, the first among them; all of a shorter list, in order. */
export const evenlySpaced = <Element>(list: readonly Element[], count: number): readonly Element[] =>
  list.length <= count
    ? list
    : Array.from({ length: count }, (_, i) => list[Math.floor((i * list.length) / count)]!);
