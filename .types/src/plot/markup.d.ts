/** `text` as it can stand in HTML and SVG, between tags and in quoted attributes. */
export declare const escapeMarkup: (text: string) => string;
/** A share of 1 in per cent, one decimal: `97.5 %`. */
export declare const percent: (share: number) => string;
/** A coordinate, short enough to keep a page small. */
export declare const coordinate: (value: number) => string;
