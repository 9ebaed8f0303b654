import { type Markup, markup } from "../../plot/markup.ts";
import type { EvaluationReport } from "../report.ts";
import { type CaseRow, caseRows } from "./case-rows.ts";

const cell = (heading: string, content: Markup | string): Markup =>
  markup`<td data-label="${heading}">${content}</td>`;

const quoted = (text: string): Markup | string => (text === "" ? markup`<i>nothing</i>` : text);

const rowMarkup = (label: string | null, row: CaseRow): Markup =>
  markup`<tr data-property="${row.property}" data-holds="${String(row.holds)}">${[
    label !== null && cell("Method", label),
    cell("Edit", row.id),
    cell("Measures", markup`${row.property}<small>${row.sort}</small>`),
    cell("Prompt", row.prompt),
    cell("Before", quoted(row.before)),
    cell("After", quoted(row.after)),
    cell("Expected", quoted(row.expected)),
    cell("Distance / radius", row.reach === null ? "" : row.reach.toFixed(2)),
    cell("Holds", row.holds ? "yes" : "no"),
  ]}</tr>
`;

const FILTERS = markup`<form class="filters" id="filters" role="search">
<label>Text <input type="search" name="text" placeholder="a prompt, an answer, an edit"></label>
<label>Measures <select name="property"><option value="">everything</option><option>accuracy</option><option>given</option><option>generality</option><option>portability</option><option>locality</option></select></label>
<label><input type="checkbox" name="failed"> only what does not hold</label>
<output id="shown" aria-live="polite"></output>
</form>`;

const HEADINGS = ["Edit", "Measures", "Prompt", "Before", "After", "Expected", "Distance / radius", "Holds"];

/** Every prompt of every case with the text before and after, and a form that filters them; null where there is none. */
export const caseTable = (reports: readonly EvaluationReport[], labels: readonly string[]): Markup | null => {
  const several = reports.length > 1;
  const rows = reports.flatMap(({ cases }, index) =>
    cases.flatMap(caseRows).map((row) => rowMarkup(several ? labels[index]! : null, row)),
  );
  if (rows.length === 0) return null;
  const headings = several ? ["Method", ...HEADINGS] : HEADINGS;
  return markup`${FILTERS}<div class="scroll tall" tabindex="0"><table class="cases" id="cases">
<caption>Every prompt, with the text before and after the edit</caption>
<thead><tr>${headings.map((heading) => markup`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
};

/** The table's own rules: a list of cards on a narrow screen, and what does not hold in the colour of what is wrong. */
export const CASE_STYLE = `tr[data-holds=false] td:last-child,tr[data-holds=false] td[data-label=After]{color:var(--wrong)}
.filters{display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center;margin:0 0 .75rem;font-size:.9rem}
.filters input[type=search],.filters select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:4px;padding:.3rem .5rem}
.filters input[type=search]{width:16rem}
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
@media print{.filters{display:none}}`;

/** The script behind the form: hides the rows that do not match, and says how many do. */
export const CASE_SCRIPT = `const form = document.getElementById("filters");
const rows = [...document.querySelectorAll("#cases tbody tr")];
const texts = rows.map((row) => row.textContent.toLowerCase());
const apply = () => {
  const text = form.text.value.trim().toLowerCase();
  const property = form.property.value;
  let shown = 0;
  rows.forEach((row, index) => {
    const matches =
      (property === "" || row.dataset.property === property) &&
      (!form.failed.checked || row.dataset.holds === "false") &&
      texts[index].includes(text);
    row.hidden = !matches;
    if (matches) shown += 1;
  });
  document.getElementById("shown").textContent = shown + " of " + rows.length;
};
form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
apply();`;
