import { escapeMarkup } from "../../plot/markup.ts";
import type { EvaluationReport } from "../report.ts";
import { type CaseRow, caseRows } from "./case-rows.ts";

const cell = (heading: string, content: string): string => `<td data-label="${heading}">${content}</td>`;

const quoted = (text: string): string => (text === "" ? "<i>nothing</i>" : escapeMarkup(text));

const rowMarkup = (label: string, several: boolean, row: CaseRow): string =>
  `<tr data-property="${row.property}" data-holds="${row.holds}">` +
  (several ? cell("Method", escapeMarkup(label)) : "") +
  cell("Edit", escapeMarkup(row.id)) +
  cell("Measures", `${row.property}<small>${escapeMarkup(row.sort)}</small>`) +
  cell("Prompt", escapeMarkup(row.prompt)) +
  cell("Before", quoted(row.before)) +
  cell("After", quoted(row.after)) +
  cell("Expected", quoted(row.expected)) +
  cell("Distance / radius", row.reach === null ? "" : row.reach.toFixed(2)) +
  cell("Holds", row.holds ? "yes" : "no") +
  "</tr>";

const FILTERS = `<form class="filters" id="filters" role="search">
<label>Text <input type="search" name="text" placeholder="a prompt, an answer, an edit"></label>
<label>Measures <select name="property"><option value="">everything</option><option>accuracy</option><option>given</option><option>generality</option><option>portability</option><option>locality</option></select></label>
<label><input type="checkbox" name="failed"> only what does not hold</label>
<output id="shown" aria-live="polite"></output>
</form>`;

/** Every prompt of every case with the text before and after, and a form that filters them. */
export const caseTable = (reports: readonly EvaluationReport[], labels: readonly string[]): string => {
  const several = reports.length > 1;
  const headings = [
    ...(several ? ["Method"] : []),
    ...["Edit", "Measures", "Prompt", "Before", "After", "Expected", "Distance / radius", "Holds"],
  ];
  const rows = reports.flatMap(({ cases }, index) =>
    cases.flatMap(caseRows).map((row) => rowMarkup(labels[index]!, several, row)),
  );
  return `${FILTERS}<div class="scroll tall" tabindex="0"><table class="cases" id="cases">
<caption>Every prompt, with the text before and after the edit</caption>
<thead><tr>${headings.map((heading) => `<th scope="col">${heading}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody></table></div>`;
};

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
