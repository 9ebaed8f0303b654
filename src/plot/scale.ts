/** Where a value stands on an axis, in the picture's units. */
export type Scale = (value: number) => number;

/** From one end to the other, in values or in the picture's units. */
export type Span = readonly [from: number, to: number];

/** The straight scale that takes `domain` to `range`; the middle of `range` for a domain of one value. */
export const linearScale =
  ([low, high]: Span, [from, to]: Span): Scale =>
  (value) =>
    from + (low === high ? 0.5 : (value - low) / (high - low)) * (to - from);

/** The logarithmic scale that takes `domain`, above 0, to `range`. */
export const logScale = ([low, high]: Span, range: Span): Scale => {
  const scale = linearScale([Math.log(low), Math.log(high)], range);
  return (value) => scale(Math.log(value));
};

const SLACK = 1e-9;

/** Round values from `low` to `high`, 1, 2 or 5 times a power of ten apart, about `count` of them. */
export const roundTicks = (low: number, high: number, count = 5): readonly number[] => {
  const rough = (high - low || 1) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5].map((factor) => factor * power).find((size) => size >= rough) ?? 10 * power;
  // Slack for quotients such as 0.3 / 0.1, which is below 3.
  const first = Math.ceil(low / step - SLACK);
  return Array.from({ length: Math.floor(high / step + SLACK) - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
};

/** A stretch of the horizontal axis, in the picture's units. */
export interface Band {
  readonly left: number;
  readonly width: number;
}

/** `count` equal bands side by side in `whole`, each in the middle of its place and filling that share of it. */
export const bandsIn = (whole: Band, count: number, filled = 1): readonly Band[] => {
  const place = whole.width / count;
  return Array.from({ length: count }, (_, index) => ({
    left: whole.left + place * (index + (1 - filled) / 2),
    width: place * filled,
  }));
};
