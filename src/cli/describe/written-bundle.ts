import { relative } from "node:path";
import type { BuiltBundle } from "../../core/bundle/build-bundle.ts";
import type { WrittenBundle } from "../../workshop/bundles/write-signed-bundle.ts";
import type { CommandContext } from "../context.ts";

/** Where a bundle was written, for people, and the command that comes after; `next` introduces that. */
export const describeWritten = (
  { bundle, directory }: WrittenBundle & { readonly bundle: Pick<BuiltBundle, "id"> },
  { workingDirectory }: Pick<CommandContext, "workingDirectory">,
  next = "Next",
): string => {
  if (directory === null) return `Dry run: ${bundle.id} was not written.`;
  const shown = relative(workingDirectory, directory) || ".";
  return `Wrote ${bundle.id} to ${shown}. ${next}: errata publish ${shown}`;
};
