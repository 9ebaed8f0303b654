import { z } from "zod";
import { problem } from "../../../core/problem.ts";
import { fail, ok, type Result } from "../../../core/result.ts";
import { type Compression, LEAST_ERROR } from "../../../edit/down-projection/truncate-product.ts";
import { BUNDLE_REFERENCE_HELP } from "../../../workshop/bundles/bundle-reference.ts";
import { defineCommand } from "../../command.ts";
import { describeSquash, squashDocument } from "../../describe/squash.ts";
import { describeWritten } from "../../describe/written-bundle.ts";
import {
  BUNDLE_OUT,
  DRY_RUN,
  decimalNumber,
  flag,
  MODEL,
  SIGNING_KEY,
  text,
  wholeNumber,
} from "../../options.ts";

const input = z.object({
  bundle: text,
  rank: wholeNumber(1).optional(),
  error: decimalNumber(LEAST_ERROR, 1).optional(),
  model: text,
  out: text.optional(),
  key: text.optional(),
  dryRun: flag,
});

const compressionOf = (rank: number | undefined, error: number | undefined): Result<Compression> => {
  if (rank !== undefined && error === undefined) return ok({ rank });
  if (rank === undefined && error !== undefined) return ok({ error });
  const message = "Say either --rank, the largest rank of a site, or --error, its largest relative error.";
  return fail(problem("invalid_request", message, { param: "--rank" }));
};

/** `errata bundle squash`: the low-rank patches of each site as one. */
export const bundleSquashCommand = defineCommand({
  name: "bundle squash",
  summary: "compress the low-rank patches of each site of a bundle into one",
  details: [
    `A bundle is ${BUNDLE_REFERENCE_HELP}. The new one names it as its parent.`,
    "",
    "The patches of rome, memit, alphaedit and kn add up at the projection they act on. Their sum is cut off after " +
      "its largest singular values, the best there is of that rank, and its relative error |AB - A'B'| / |AB| " +
      "(Frobenius) is stated for each site. Patches of other kinds pass through.",
    "",
    "The one patch of a site carries the edits of all: they can only be detached together. Nothing is measured: ask " +
      "the model again, or errata eval, before a release.",
  ].join("\n"),
  arguments: [{ name: "bundle", syntax: "<bundle>", description: "the bundle to compress" }],
  options: [
    { flags: "--rank <n>", description: "the largest rank of a site" },
    { flags: "--error <share>", description: "the largest relative error of a site, such as 0.05" },
    MODEL,
    BUNDLE_OUT,
    SIGNING_KEY,
    DRY_RUN,
  ],
  examples: [
    "bundle squash fixes --rank 16 --out small-fixes",
    "bundle squash world@3 --error 0.05 --dry-run --json",
  ],
  input,
  run: async ({ rank, error, ...options }, context) => {
    const compression = compressionOf(rank, error);
    if (!compression.ok) return compression;
    const { squashNamedBundle } = await import("../../../workshop/bundles/squash-named-bundle.ts");
    const squashed = await squashNamedBundle({ ...options, compression: compression.value }, context);
    if (!squashed.ok) return squashed;
    const { bundle, directory } = squashed.value;
    return ok({
      document: { bundle: bundle.id, directory, dryRun: options.dryRun, ...squashDocument(squashed.value) },
      text: `${describeSquash(squashed.value, context.terminal.style)}\n\n${describeWritten(squashed.value, context)}`,
    });
  },
});
