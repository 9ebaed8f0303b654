import { togglePatchCommand } from "./toggle-patch-command.ts";

/** `errata patch disable`: takes one patch off a live channel. */
export const patchDisableCommand = togglePatchCommand({
  action: "disable",
  summary: "take one patch off a live channel, from the next request on, without a new bundle",
  details:
    "The patch stays in its bundle or hotfix; patch enable or a rollback puts it back. Needs the scope " +
    "release:rollback, so that whoever is on call can do it.",
  examples: ['patch disable the-capital-of-australia-is --message "fires on Austria too"'],
});
