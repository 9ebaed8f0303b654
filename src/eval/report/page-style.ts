/** Most reports on one page: as many as there are colours that can be told apart. */
export const MAX_COMPARED = 6;

const LIGHT = ["#1d4ed8", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#0e7490"];
const DARK = ["#7aa2ff", "#fb923c", "#4ade80", "#d8a4ff", "#facc15", "#22d3ee"];

/** A dash pattern for each series, so that lines that coincide are all seen, and by more than their colour. */
const DASHES = ["none", "7 4", "2 4", "9 3 2 3", "4 2", "1 3"];

const variables = (colours: readonly string[]): string =>
  colours.map((colour, index) => `--s${index}:${colour}`).join(";");

const series = LIGHT.map(
  (_, index) =>
    `.s${index}{fill:var(--s${index});background:var(--s${index})}.l${index}{stroke:var(--s${index});stroke-dasharray:${DASHES[index]}}`,
).join("");

/** The page's style, light and dark as the reader's system has it. */
export const PAGE_STYLE = `:root{color-scheme:light dark;--ink:#1a1a1a;--soft:#5c5c5c;--paper:#fff;--rule:#d8d8d8;--wrong:#b91c1c;${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root{--ink:#ececec;--soft:#a8a8a8;--paper:#161616;--rule:#3a3a3a;--wrong:#ff8a80;${variables(DARK)}}}
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
svg{display:block;width:100%;height:auto;font:13px system-ui,sans-serif}
svg text{fill:var(--soft)}
.grid{stroke:var(--rule)}
.interval{stroke:var(--ink);stroke-width:1.25;fill:none}
.line{fill:none;stroke-width:2}
${series}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1rem;margin:0 0 .25rem;padding:0;font-size:.85rem}
.swatch{display:inline-block;width:.75rem;height:.75rem;border-radius:2px;margin-right:.4rem}
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
tr[data-holds=false] td:last-child,tr[data-holds=false] td[data-label=After]{color:var(--wrong)}
.filters{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center;margin:0 0 .75rem;font-size:.9rem}
.filters input[type=search],.filters select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:4px;padding:.3rem .5rem}
.filters input[type=search]{width:16rem}
output{color:var(--soft)}
@media (max-width:44rem){
.cases,.cases tbody,.cases tr,.cases td{display:block}
.cases thead{display:none}
.cases tr{padding:.6rem 0;border-bottom:1px solid var(--rule)}
.cases tr[hidden]{display:none}
.cases td{border:0;padding:.1rem 0 .1rem 8rem;position:relative;min-height:1.5rem}
.cases td::before{content:attr(data-label);position:absolute;left:0;color:var(--soft)}
.cases td:empty{display:none}
.filters label:first-child,.filters input[type=search]{width:100%}
}
@media print{.filters{display:none}.tall{max-height:none}}`;
