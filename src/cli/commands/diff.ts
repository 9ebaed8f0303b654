import { z } from "zod";
import type { BundleDiff, DiffSide } from "../../core/bundle/diff.ts";
import { diffBundles, pairsToCompare } from "../../core/bundle/diff.ts";
import { openPatches } from "../../core/bundle/verify-bundle.ts";
import type { Result } from "../../core/result.ts";
import { ok } from "../../core/result.ts";
import { findBaseModel } from "../../workshop/directories/base-model.ts";
import type { NamedBundle } from "../../workshop/directories/bundle-reference.ts";
import { BUNDLE_REFERENCE_HELP, findNamedBundle } from "../../workshop/directories/bundle-reference.ts";
import { defineCommand } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { describeDiff } from "../describe/diff.ts";
import { MODEL, text } from "../options.ts";

/** A side with the tensors of the patches to compare; without them where the base model is not to be had. */
const withPatches = async (
  bundle: NamedBundle,
  compared: ReadonlySet<string>,
  context: RunningContext,
): Promise<Result<DiffSide>> => {
  const { manifest } = bundle;
  const model = await findBaseModel(manifest.model, context);
  if (!model.ok) return ok({ manifest });
  const part = { ...manifest, patches: manifest.patches.filter(({ id }) => compared.has(id)) };
  const patches = await openPatches(part, model.value, bundle.getBlobs);
  return patches.ok ? ok({ manifest, patches: patches.value }) : patches;
};

const compare = async (
  before: NamedBundle | null,
  after: NamedBundle | null,
  context: RunningContext,
): Promise<Result<BundleDiff>> => {
  const pairs = pairsToCompare(before, after);
  if (before === null || after === null || pairs.length === 0) return ok(diffBundles(before, after));
  const left = await withPatches(before, new Set(pairs.map((pair) => pair.before.id)), context);
  if (!left.ok) return left;
  const right = await withPatches(after, new Set(pairs.map((pair) => pair.after.id)), context);
  return right.ok ? ok(diffBundles(left.value, right.value)) : right;
};

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
  run: async ({ before: left, after: right, model }, context) => {
    const before = await findNamedBundle(left, model, context);
    if (!before.ok) return before;
    const after = await findNamedBundle(right, model, context);
    if (!after.ok) return after;
    const diff = await compare(before.value, after.value, context);
    if (!diff.ok) return diff;
    const { style } = context.terminal;
    const head = `${style.faint("from")} ${nameOf(before.value)}\n${style.faint("to  ")} ${nameOf(after.value)}`;
    const body = describeDiff(diff.value, style) || "No difference in meaning.";
    return ok({
      document: { before: identityOf(before.value), after: identityOf(after.value), ...diff.value },
      text: `${head}\n\n${body}`,
    });
  },
});
