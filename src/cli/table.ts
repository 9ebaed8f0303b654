import { stripVTControlCharacters } from "node:util";

/** A column is as wide as its widest cell, up to this many characters; the last column is never cut. */
const WIDEST_COLUMN = 48;
const COLUMN_GAP = "  ";

/** Characters of `text` as a terminal shows them: escapes count nothing. */
const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;

/** `text` in at most `width` characters on one line, with an ellipsis where it was cut. */
export const shorten = (text: string, width: number): string => {
  const line = text.replace(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length <= width ? line : `${characters.slice(0, width - 1).join("")}…`;
};

/** Lays `rows` out under `headings` in columns of equal width. No final line break. */
export const formatTable = (
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  heading: (text: string) => string = (text) => text,
): string => {
  const last = headings.length - 1;
  const fit = (cell: string, column: number) =>
    column === last || widthOf(cell) <= WIDEST_COLUMN ? cell : shorten(cell, WIDEST_COLUMN);
  const cells = [headings.map(heading), ...rows].map((row) => row.map(fit));
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ""))));
  const pad = (cell: string, column: number) =>
    column === last ? cell : cell + " ".repeat((widths[column] ?? 0) - widthOf(cell));
  return cells.map((row) => row.map(pad).join(COLUMN_GAP).trimEnd()).join("\n");
};

/** Lays out names and values, one pair a line. No final line break. */
export const formatFields = (fields: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${`${name}:`.padEnd(width + 1)} ${value}`).join("\n");
};

const BYTES_PER_UNIT = 1024;

/** A number of bytes for people: `512 B`, `3.4 KiB`, `29.0 MiB`. */
export const formatBytes = (bytes: number): string => {
  if (bytes < BYTES_PER_UNIT) return `${bytes} B`;
  const kibibytes = bytes / BYTES_PER_UNIT;
  return kibibytes < BYTES_PER_UNIT
    ? `${kibibytes.toFixed(1)} KiB`
    : `${(kibibytes / BYTES_PER_UNIT).toFixed(1)} MiB`;
};
