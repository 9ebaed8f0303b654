import { togglePatchCommand } from "./toggle-patch-command.ts";

/** `errata patch enable`: puts a disabled patch back on a live channel. */
export const patchEnableCommand = togglePatchCommand({
  action: "enable",
  summary: "put a disabled patch back on a live channel, from the next request on",
  details:
    "Needs the scope release:write. Whoever may only roll back undoes a disable of theirs by a rollback.",
  examples: ['patch enable the-capital-of-australia-is --message "it was not the patch"'],
});
