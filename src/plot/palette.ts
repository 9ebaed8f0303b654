/** Colours that can be told apart, on a light and on a dark page. */
const LIGHT = ["#1d4ed8", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#0e7490"];
const DARK = ["#7aa2ff", "#fb923c", "#4ade80", "#d8a4ff", "#facc15", "#22d3ee"];

/** A dash pattern for each series, so that lines that coincide are all seen, and by more than their colour. */
const DASHES = ["none", "7 4", "2 4", "9 3 2 3", "4 2", "1 3"];

/** The full colours of heat maps, the same by day and night: deep, so that white can be read on them. */
const HEAT = ["#1e40af", "#9a3412", "#166534"];

/** Most series of one picture: as many as there are colours. */
export const MAX_SERIES = LIGHT.length;

const variables = (colours: readonly string[]): string =>
  colours.map((colour, index) => `--s${index}:${colour}`).join(";");

/** The colours as custom properties of the elements that `selector` finds, as the reader's system has light and dark. */
export const paletteOf = (selector: string): string =>
  `${selector}{color-scheme:light dark;--ink:#1a1a1a;--soft:#5c5c5c;--paper:#fff;--rule:#d8d8d8;--wrong:#b91c1c;${variables(LIGHT)}}
@media (prefers-color-scheme:dark){${selector}{--ink:#ececec;--soft:#a8a8a8;--paper:#161616;--rule:#3a3a3a;--wrong:#ff8a80;${variables(DARK)}}}`;

/** The style of everything that pictures are made of; needs the properties of `paletteOf`. */
export const PICTURE_STYLE = `svg{font:13px system-ui,sans-serif}
svg text{fill:var(--soft)}
svg .title{fill:var(--ink);font-weight:600}
svg .value{paint-order:stroke;stroke:var(--paper);stroke-width:4}
svg .ink{fill:var(--ink)}
svg .white{fill:#fff}
.paper{fill:var(--paper)}
.grid{stroke:var(--rule);fill:none}
.mark,.interval{stroke:var(--ink);stroke-width:1.25;fill:none}
.dashed{stroke-dasharray:5 3}
.line{stroke-width:2}
.faint{fill:none;stroke:var(--soft);stroke-opacity:.5}
${LIGHT.map((_, index) => `.s${index}{fill:var(--s${index})}.l${index}{stroke:var(--s${index});fill:none}.line.l${index}{stroke-dasharray:${DASHES[index]}}`).join("")}
${HEAT.map((colour, index) => `.h${index}{fill:${colour}}`).join("")}`;
