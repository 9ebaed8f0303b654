const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** `text` as it can stand in HTML and SVG, between tags and in quoted attributes. */
export const escapeMarkup = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);

/** A share of 1 in per cent, one decimal: `97.5 %`. */
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** A coordinate, short enough to keep a page small. */
export const coordinate = (value: number): string => String(Math.round(value * 10) / 10);
