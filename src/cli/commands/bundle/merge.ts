import { z } from "zod";
import { MERGE_MAX_SOURCES, MERGED_METHOD } from "../../../core/bundle/merge-bundles.ts";
import { ok } from "../../../core/result.ts";
import { BUNDLE_REFERENCE_HELP } from "../../../workshop/bundles/bundle-reference.ts";
import { defineCommand } from "../../command.ts";
import { describeMerge, mergeDocument } from "../../describe/merge.ts";
import { describeWritten } from "../../describe/written-bundle.ts";
import { BUNDLE_OUT, DRY_RUN, flag, MODEL, SIGNING_KEY, text } from "../../options.ts";

const input = z.object({
  bundles: z
    .array(text)
    .min(2, "expected two bundles or more")
    .max(MERGE_MAX_SOURCES, `expected at most ${MERGE_MAX_SOURCES} bundles`),
  model: text,
  out: text.optional(),
  key: text.optional(),
  dryRun: flag,
});

/** `errata bundle merge`: one signed bundle out of several. */
export const bundleMergeCommand = defineCommand({
  name: "bundle merge",
  summary: "make one signed bundle of several for one base model, of whatever methods",
  details: [
    `A bundle is ${BUNDLE_REFERENCE_HELP}. The new one names the first as its parent, the method "${MERGED_METHOD}", ` +
      "and each source with its method and settings as parameters.",
    "",
    "Edits that give one subject and relation, or one prompt, different targets are refused. Equal patches are kept " +
      "once; a patch whose id is taken by another gets the id with -2. Codebook balls of different targets that overlap " +
      "are shrunk short of half the distance of their keys, as GRACE splits them, and listed; where the keys are one, " +
      "the merge is refused. Nothing is measured: ask the model again, or errata eval, before a release.",
  ].join("\n"),
  arguments: [{ name: "bundles", syntax: "<bundles...>", description: "two bundles or more" }],
  options: [MODEL, BUNDLE_OUT, SIGNING_KEY, DRY_RUN],
  examples: [
    "bundle merge fixes more-fixes --out all-fixes",
    "bundle merge world@1 world@3 --dry-run --json",
  ],
  input,
  run: async (options, context) => {
    const { mergeNamedBundles } = await import("../../../workshop/bundles/merge-named-bundles.ts");
    const merged = await mergeNamedBundles(options, context);
    if (!merged.ok) return merged;
    const { bundle, directory } = merged.value;
    return ok({
      document: { bundle: bundle.id, directory, dryRun: options.dryRun, ...mergeDocument(merged.value) },
      text: `${describeMerge(merged.value, context.terminal.style)}\n\n${describeWritten(merged.value, context)}`,
    });
  },
});
