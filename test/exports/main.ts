/**
 * Makes random-weight models of many families with the exporters that people use, and holds each against the exporter's
 * own runtime. Prints a table of family and format; fails where one does not work. Skips, saying why, where Python or an
 * exporter is missing.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWorkshop } from "../../src/workshop/open-workshop.ts";
import { checkExport } from "./check-export.ts";

const FORMATS = ["fp32", "fp32-dynamo", "fp16", "int8", "int4"];
const MODULES = ["torch", "transformers", "optimum.exporters.onnx", "onnx", "onnxscript", "onnxruntime"];

const python = process.env.PYTHON ?? "python3";
const families = process.argv.slice(2);
const root = join(import.meta.dirname, "..", "..", ".errata", "exports");

const available = spawnSync(python, ["-c", `import ${MODULES.join(", ")}`], { encoding: "utf8" });
if (available.status !== 0) {
  const reason = available.error?.message ?? available.stderr.trim().split("\n").at(-1);
  console.log(`skipped: ${python} lacks what makes the exports (${reason}).`);
  console.log(
    "pip install torch transformers==4.57.6 optimum-onnx onnx onnxscript onnxruntime; PYTHON names an interpreter.",
  );
  process.exit(0);
}

const made = spawnSync(python, [join(import.meta.dirname, "make-models.py"), root, ...families], {
  stdio: ["ignore", "inherit", "ignore"],
});
if (made.status !== 0) throw new Error("The exporters' script failed; run it by itself to see why.");

const rows: string[] = [];
const faults: string[] = [];
for (const family of families.length > 0 ? families : await readdir(root)) {
  const cells: string[] = [];
  for (const format of FORMATS) {
    const folder = join(root, family, format);
    const refused = join(folder, "refused.txt");
    if (existsSync(refused)) {
      cells.push("not made");
      console.log(
        `${family} ${format}: the exporter or its runtime refuses it: ${readFileSync(refused, "utf8")}`,
      );
      continue;
    }
    const projectDirectory = await mkdtemp(join(tmpdir(), "errata-exports-"));
    const checked = await checkExport(folder, format, openWorkshop({ projectDirectory })).catch(
      (error: Error) => ({ ok: false, problem: `a defect: ${error.message}` }) as const,
    );
    await rm(projectDirectory, { recursive: true, force: true });
    const refusedWith = checked.ok ? checked.value : null;
    cells.push(checked.ok ? (refusedWith === null ? "works" : "refused") : "no");
    if (!checked.ok) faults.push(`${family} ${format}: ${checked.problem}`);
    console.log(`${family} ${format}: ${checked.ok ? (refusedWith ?? "works") : checked.problem}`);
  }
  rows.push(`| ${family} | ${cells.join(" | ")} |`);
}
console.log(
  `\n| family | ${FORMATS.join(" | ")} |\n|---|${"---|".repeat(FORMATS.length)}\n${rows.join("\n")}`,
);
if (faults.length > 0) console.log(`\n${faults.length} of them do not work.`);
process.exitCode = faults.length > 0 ? 1 : 0;
