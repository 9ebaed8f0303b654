import { z } from "zod";
import type { Manifest } from "../../core/bundle/manifest.ts";
import { counted } from "../../core/counted.ts";
import { patchBytes } from "../../core/patch/patch-record.ts";
import { ok } from "../../core/result.ts";
import {
  BUNDLE_REFERENCE_HELP,
  findNamedBundle,
  type NamedBundle,
} from "../../workshop/bundles/bundle-reference.ts";
import { defineCommand } from "../command.ts";
import { layerCell } from "../describe/patch-place.ts";
import { MODEL, text } from "../options.ts";
import type { Style } from "../style.ts";
import { formatBytes, formatFields, formatTable } from "../table.ts";

const summaryOf = ({ id, version, manifest, signers, published }: NamedBundle): string =>
  formatFields([
    ["bundle", id],
    ["version", version === null ? "not from a service" : String(version)],
    ["model", `${manifest.model.name} ${manifest.model.digest}`],
    ["method", `${manifest.method}, seed ${manifest.seed}`],
    ["parent", manifest.parent ?? "none"],
    ["signed by", signers.join(", ") || "nobody"],
    ["published", published === null ? "not from a service" : `${published.at} by ${published.by}`],
  ]);

const patchesOf = (manifest: Manifest, style: Style): string =>
  formatTable(
    ["PATCH", "KIND", "LAYER", "SIZE", "TARGET", "PROMPT"],
    manifest.patches.map((record) => {
      const { id, kind, layer, edits } = record;
      const first = manifest.edits[edits[0] ?? 0];
      const more = edits.length > 1 ? ` (and ${counted(edits.length - 1, "edit")} more)` : "";
      const prompt = `${first?.prompt ?? ""}${more}`;
      return [
        id,
        kind,
        layerCell(layer),
        formatBytes(patchBytes(record)),
        first?.target.trim() ?? "",
        prompt,
      ];
    }),
    style.faint,
  );

const settingsOf = ({ parameters }: Manifest): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");

const documentOf = (bundle: NamedBundle) => ({
  id: bundle.id,
  version: bundle.version,
  published: bundle.published,
  signers: bundle.signers,
  manifest: bundle.manifest,
  report: bundle.report === null ? null : (JSON.parse(new TextDecoder().decode(bundle.report)) as unknown),
});

/** `errata show`: what a bundle holds. */
export const showCommand = defineCommand({
  name: "show",
  summary: "show what a bundle holds: its edits, patches, settings and signers",
  arguments: [{ name: "bundle", syntax: "<bundle>", description: BUNDLE_REFERENCE_HELP }],
  options: [MODEL],
  examples: ["show 3", "show stable --json", "show ./bundle"],
  input: z.object({ bundle: text, model: text }),
  run: async ({ bundle: reference, model }, context) => {
    const bundle = await findNamedBundle(reference, model, context);
    if (!bundle.ok) return bundle;
    if (bundle.value === null)
      return ok({ document: { id: null, version: null }, text: "none: the bare model, without patches" });
    const { manifest } = bundle.value;
    const settings = settingsOf(manifest);
    const sections = [
      summaryOf(bundle.value),
      ...(settings === "" ? [] : [`settings: ${settings}`]),
      manifest.patches.length === 0 ? "No patches." : patchesOf(manifest, context.terminal.style),
    ];
    return ok({ document: documentOf(bundle.value), text: sections.join("\n\n") });
  },
});
