import { ok, type Result } from "../../core/result.ts";
import type { EditingContext, EditMethod, EditOutcome } from "../method.ts";
import { type ChosenEdits, chooseEdits, unchangedOutcome } from "./choose-edits.ts";

/** A method at work on edits that the model does not answer yet; at least one is wanted. */
export interface MethodWork<Settings, Site> {
  readonly settings: Settings;
  readonly site: Site;
  readonly chosen: ChosenEdits;
  readonly context: EditingContext;
}

/** What every method has. */
export interface MethodParts<Settings, Site> {
  readonly parse: (settings: Readonly<Record<string, string>>) => Result<Settings>;
  /** Where the method acts on the model; what the model lacks is said here, before anything takes time. */
  readonly locate: (context: EditingContext, settings: Settings) => Result<Site>;
}

/**
 * A method's `apply`: checks settings and model, chooses the edits, and leaves the parent as it is where none is
 * wanted. Errors: those of `parse`, `locate`, `chooseEdits` and `make`.
 */
export const applyMethod =
  <Settings extends object, Site>(
    { parse, locate }: MethodParts<Settings, Site>,
    make: (work: MethodWork<Settings, Site>) => Promise<Result<EditOutcome>>,
  ): EditMethod["apply"] =>
  async (edits, given, context) => {
    const settings = parse(given);
    if (!settings.ok) return settings;
    const site = locate(context, settings.value);
    if (!site.ok) return site;
    const chosen = await chooseEdits(context, edits);
    if (!chosen.ok) return chosen;
    if (chosen.value.wanted.length === 0) return ok(unchangedOutcome(chosen.value, settings.value));
    return make({ settings: settings.value, site: site.value, chosen: chosen.value, context });
  };
