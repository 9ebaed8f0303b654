import { z } from "zod";
import { ok } from "../../core/result.ts";
import { BUNDLE_REFERENCE_HELP, type NamedBundle } from "../../workshop/bundles/bundle-reference.ts";
import { diffNamedBundles } from "../../workshop/bundles/diff-named-bundles.ts";
import { defineCommand } from "../command.ts";
import { describeDiff } from "../describe/diff.ts";
import { MODEL, text } from "../options.ts";

const nameOf = (bundle: NamedBundle | null): string => {
  if (bundle === null) return "none";
  return bundle.version === null ? bundle.id : `version ${bundle.version} (${bundle.id})`;
};

const identityOf = (bundle: NamedBundle | null) => ({
  id: bundle?.id ?? null,
  version: bundle?.version ?? null,
});

/** `errata diff`: what changes in meaning between two bundles. */
export const diffCommand = defineCommand({
  name: "diff",
  summary: "compare two bundles by meaning: edits, patches, layers, norms, settings, size",
  arguments: [
    { name: "before", syntax: "<before>", description: `${BUNDLE_REFERENCE_HELP}, or none` },
    { name: "after", syntax: "<after>", description: "the same" },
  ],
  options: [MODEL],
  examples: ["diff 2 3", "diff stable ./bundle --json", "diff none 1"],
  input: z.object({ before: text, after: text, model: text }),
  run: async (references, context) => {
    const compared = await diffNamedBundles(references, context);
    if (!compared.ok) return compared;
    const { before, after, diff } = compared.value;
    const { style } = context.terminal;
    const head = `${style.faint("from")} ${nameOf(before)}\n${style.faint("to  ")} ${nameOf(after)}`;
    const body = describeDiff(diff, style) || "No difference in meaning.";
    return ok({
      document: { before: identityOf(before), after: identityOf(after), ...diff },
      text: `${head}\n\n${body}`,
    });
  },
});
