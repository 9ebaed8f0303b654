import { html, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** HTML or SVG in which every text that was put in is escaped. */
export type Markup = HtmlEscapedString;

/** What a template takes: texts are escaped, markup and numbers stand as they are, lists one item after another. */
export type Inserted = string | number | false | null | undefined | Markup | readonly Inserted[];

/** A template of HTML or SVG; `false`, `null` and `undefined` put nothing in. */
export const markup = html as (strings: TemplateStringsArray, ...values: readonly Inserted[]) => Markup;

/** `text` as it is, unescaped: for styles and scripts that are written here. */
export const verbatim: (text: string) => Markup = raw;
