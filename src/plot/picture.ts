import { type Markup, markup, verbatim } from "./markup.ts";
import { coordinate } from "./numbers.ts";
import { PICTURE_STYLE, paletteOf } from "./palette.ts";

/** A drawing: what it shows, in words and in marks. */
export interface Picture {
  readonly title: string;
  /** What a reader who does not see it is told. */
  readonly description: string;
  /** Its size, in its own units. */
  readonly width: number;
  readonly height: number;
  /** SVG elements. */
  readonly marks: Markup;
}

const FILE_STYLE = verbatim(`${paletteOf("svg")}\n${PICTURE_STYLE}`);

/** The picture as an SVG file of its own, light or dark as the reader's system has it. */
export const svgFile = ({ title, description, width, height, marks }: Picture): string => {
  const [w, h] = [coordinate(width), coordinate(height)];
  return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img">
<title>${title}</title><desc>${description}</desc>
<style>${FILE_STYLE}</style>
<rect class="paper" width="100%" height="100%"/>
${marks}
</svg>
`.toString();
};
