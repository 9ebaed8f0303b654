import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Emphasis for people; the identity where colours are off. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** Builds the emphasis for one stream. */
export const createStyle = (colours: boolean): Style => {
  const paint = (format: Format) => (text: string) =>
    colours ? styleText(format, text, { validateStream: false }) : text;
  return { strong: paint("bold"), faint: paint("dim"), good: paint("green"), bad: paint("red") };
};
