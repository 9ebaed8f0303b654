/** A share of 1 in per cent, one decimal: `97.5 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Two decimals, without the sign of a zero. */
export const twoDecimals = (value: number): string => value.toFixed(2).replace(/^-(0\.00)$/, "$1");

/** A coordinate, short enough to keep a page small. */
export const coordinate = (value: number): number => Math.round(value * 10) / 10;
