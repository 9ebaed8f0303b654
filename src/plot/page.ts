import { type Markup, markup, verbatim } from "./markup.ts";
import { PICTURE_STYLE, paletteOf } from "./palette.ts";

/** Nothing is fetched: no script, style, font or image but the page's own. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

const STYLE = `${paletteOf(":root")}
${PICTURE_STYLE}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem 1rem 4rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.2rem;margin:2.5rem 0 .75rem}
h3{font-size:1rem;margin:0 0 .25rem}
p{margin:.25rem 0;max-width:46rem}
small{display:block;color:var(--soft);font-weight:400;font-size:.8rem}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:2rem 1.5rem}
figure{margin:0;min-width:0}
figcaption{color:var(--soft);font-size:.85rem}
svg{display:block;width:100%;height:auto}
.scroll{overflow-x:auto}
.tall{max-height:80vh;overflow-y:auto;border-top:1px solid var(--rule)}
:focus-visible{outline:2px solid var(--s0);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{position:absolute;clip-path:inset(50%);white-space:nowrap}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--rule);font-variant-numeric:tabular-nums}
th[scope=row]{font-weight:500;min-width:12rem}
thead th{color:var(--soft);font-weight:600}
.tall thead th{position:sticky;top:0;background:var(--paper)}
.none{color:var(--soft)}
output{color:var(--soft)}
@media print{.tall{max-height:none}}`;

/** A page that needs nothing else. */
export interface Page {
  readonly title: string;
  /** Rules besides the ones that every page has. */
  readonly style: string;
  readonly script: string;
  readonly header: Markup;
  readonly main: Markup;
}

/** The page as an HTML file, light or dark as the reader's system has it. */
export const htmlPage = ({ title, style, script, header, main }: Page): string =>
  markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${verbatim(POLICY)}">
<title>${title}</title><style>${verbatim(`${STYLE}\n${style}`)}</style></head>
<body><header><h1>${title}</h1>${header}</header>
<main>${main}</main><script>${verbatim(script)}</script></body></html>
`.toString();
