import { relative } from "node:path";
import { counted } from "../../core/counted.ts";
import type { ExportedBundle } from "../../workshop/exporting/export-bundle.ts";
import type { ExportForm } from "../../workshop/exporting/exported.ts";
import type { RunningContext } from "../context.ts";
import { formatBytes, formatTable } from "../table.ts";

/** What an export holds, for machines. */
export const exportDocument = ({ bundle, files, layers, leftOut }: ExportedBundle) => ({
  bundle,
  files: files.map(({ path, bytes }) => ({ path, bytes: bytes.byteLength })),
  layers,
  leftOut,
});

/** What to do with an export. */
const NEXT: Readonly<Record<ExportForm, string>> = {
  onnx: "It runs in any ONNX runtime; its patches can no longer be detached.",
  peft: "Next, in Python: PeftModel.from_pretrained(model, directory)",
};

/** What an export holds, for people. */
export const describeExport = (
  { files, layers, leftOut }: ExportedBundle,
  form: ExportForm,
  dryRun: boolean,
  { terminal: { style }, workingDirectory }: RunningContext,
): string => {
  const table = formatTable(
    ["BLOCK", "RANK", "LAYER"],
    layers.map(({ layer, name, rank }) => [String(layer), String(rank), name]),
    style.faint,
  );
  const written = files.map(
    ({ path, bytes }) => `${relative(workingDirectory, path)} (${formatBytes(bytes.byteLength)})`,
  );
  return [
    table,
    "",
    ...(leftOut.length > 0
      ? [
          style.bad(
            `Left out, not low-rank: ${counted(leftOut.length, "patch", "patches")}, first ${leftOut[0]}.`,
          ),
        ]
      : []),
    ...(dryRun
      ? [`Dry run: ${written.join(" and ")} not written.`]
      : [`Wrote ${written.join(" and ")}.`, NEXT[form]]),
  ].join("\n");
};
