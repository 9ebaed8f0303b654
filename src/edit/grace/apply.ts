import type { Edit } from "../../core/edit/edit.ts";
import { entriesFault } from "../../core/patch/codebook-limits.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { distanceBetween, insertEntry } from "../codebook/codebook-geometry.ts";
import { type ChainedEntry, isCodebookOf, toCodebookPatch, toEntries } from "../codebook/codebook-patches.ts";
import { chooseEdits, unchangedOutcome } from "../frame/choose-edits.ts";
import { editIdentities } from "../frame/edit-identity.ts";
import { mapItems } from "../frame/map-items.ts";
import type { KeptParent } from "../frame/parent.ts";
import { recordSettings } from "../frame/parse-settings.ts";
import { problemOfEdit } from "../frame/problem-of-edit.ts";
import type { EditDiagnostics, EditMethod, EditOutcome, SkippedEdit } from "../method.ts";
import type { ProbeState } from "../probes/probe-states.ts";
import type { ProbePrompt } from "../probes/probes.ts";
import { graceEntries, shareSession, type WrittenEdit, writeEdit } from "./grace-entries.ts";
import { type GraceSession, openGraceSession } from "./session.ts";
import { parseGraceSettings } from "./settings.ts";

/** A codebook while it is written, and the edits it will carry. */
interface Draft {
  readonly edits: Edit[];
  readonly entries: ChainedEntry[];
  readonly written: (Omit<EditDiagnostics, "id"> & { readonly edit: number })[];
  readonly skipped: readonly SkippedEdit[];
}

/** Puts into the codebook what was computed of one edit. */
const addEdit = (
  { hook, settings }: GraceSession,
  edit: Edit,
  { entries, diagnostics }: WrittenEdit,
  draft: Draft,
): Result<null> => {
  const index = draft.edits.length;
  for (const entry of entries) {
    const inserted = insertEntry(draft.entries, { edit: index, ...entry }, settings.keys === "merge");
    if (!inserted.ok) return inserted;
  }
  const size = entriesFault(hook.layer, draft.entries.length);
  if (size !== null) return fail(size);
  draft.edits.push(edit);
  draft.written.push({ ...diagnostics, edit: index });
  return ok(null);
};

/** Probes by how near they come to an edge of the balls of `entries`, those inside one first. */
const nearestProbes = (
  states: readonly ProbeState[],
  entries: readonly ChainedEntry[],
): readonly ProbePrompt[] =>
  states
    .map(({ probe, state }) => ({
      probe,
      gap: Math.min(...entries.map(({ key, radius }) => distanceBetween(key, state) - radius)),
    }))
    .sort((a, b) => a.gap - b.gap)
    .map(({ probe }) => probe);

const finish = (session: GraceSession, draft: Draft, parentPatches: EditOutcome["patches"]): EditOutcome => {
  const { layer } = session.hook;
  const kept = new Map(
    parentPatches.flatMap((patch) => patch.edits.map((edit) => [edit, patch.id] as const)),
  );
  const fresh = draft.written.map(({ edit }) => draft.edits[edit]!);
  const names = editIdentities(fresh, new Set(kept.values()));
  const idOf = new Map([...kept, ...draft.written.map(({ edit }, i) => [edit, names[i]!] as const)]);
  const byEdit = Map.groupBy(draft.entries, (entry) => entry.edit);
  const codebook = [...byEdit].map(([edit, entries]) =>
    toCodebookPatch({ id: idOf.get(edit)!, edit, layer, replace: session.settings.replace }, entries),
  );
  return {
    edits: draft.edits,
    patches: [...parentPatches.filter((patch) => !isCodebookOf(patch, layer)), ...codebook],
    skipped: draft.skipped,
    suspects: nearestProbes(
      session.states,
      draft.written.flatMap(({ edit }) => byEdit.get(edit) ?? []),
    ),
    diagnostics: draft.written.map(({ edit, ...diagnostics }) => ({ id: idOf.get(edit)!, ...diagnostics })),
    hyperParameters: {
      ...recordSettings(session.settings),
      layer: String(layer),
      radius: String(session.radius),
    },
  };
};

const openDraft = (kept: KeptParent, skipped: readonly SkippedEdit[], { hook }: GraceSession): Draft => ({
  edits: [...kept.edits],
  entries: kept.patches
    .filter((patch) => isCodebookOf(patch, hook.layer))
    .flatMap((patch) => toEntries(patch, patch.edits[0]!)),
  written: [],
  skipped,
});

/** GRACE's work, as `grace` in `grace.ts` describes it: `apply` of the method. */
export const applyGrace: EditMethod["apply"] = async (edits, settings, context) => {
  const parsed = parseGraceSettings(settings);
  if (!parsed.ok) return parsed;
  const chosen = await chooseEdits(context, edits);
  if (!chosen.ok) return chosen;
  const { wanted, skipped, kept, parent } = chosen.value;
  if (wanted.length === 0) return ok(unchangedOutcome(chosen.value, parsed.value));
  const opened = await openGraceSession(context, parsed.value, parent);
  if (!opened.ok) return opened;
  const session = opened.value;
  const work = {
    task: graceEntries,
    key: graceEntries.name,
    shared: () => shareSession(session, context.parent.patches),
    here: (edit: Edit) => writeEdit(session, edit),
    stage: "editing",
  };
  const written = await mapItems(wanted, work, context);
  if (!written.ok) return written;
  const draft = openDraft(kept, skipped, session);
  for (const [index, edit] of wanted.entries()) {
    const added = addEdit(session, edit, written.value[index]!, draft);
    if (!added.ok) return fail(problemOfEdit(edit, added.problem));
  }
  return ok(finish(session, draft, kept.patches));
};
