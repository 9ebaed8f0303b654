import type { Edit } from "../../core/edit/edit.ts";
import { entriesFault } from "../../core/patch/codebook/codebook-limits.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { insertEntry } from "../codebook/codebook-geometry.ts";
import { codebookHook } from "../codebook/codebook-hook.ts";
import { type ChainedEntry, isCodebookOf, toCodebookPatch, toEntries } from "../codebook/codebook-patches.ts";
import { nearestProbes } from "../codebook/nearest-probes.ts";
import { applyMethod } from "../frame/apply-method.ts";
import type { ChosenEdits } from "../frame/choose-edits.ts";
import { mapItems } from "../frame/map-items.ts";
import { problemOfEdit } from "../frame/problem-of-edit.ts";
import { recordSettings } from "../frame/settings.ts";
import type { EditDiagnostics, EditingContext, EditOutcome } from "../method.ts";
import { editIdentities } from "../prompts/edit-identity.ts";
import { graceEntries, shareSession, type WrittenEdit, writeEdit } from "./grace-entries.ts";
import { type GraceSession, openGraceSession } from "./session.ts";
import { parseGraceSettings } from "./settings.ts";

/** A codebook while it is written, and the edits it will carry. */
interface CodebookDraft {
  readonly edits: Edit[];
  readonly entries: ChainedEntry[];
  readonly written: (Omit<EditDiagnostics, "id"> & { readonly edit: number })[];
}

/** Puts into the codebook what was computed of one edit. */
const addEdit = (
  { hook, settings }: GraceSession,
  edit: Edit,
  { entries, diagnostics }: WrittenEdit,
  draft: CodebookDraft,
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

/** The kept codebook with everything that was computed in it. Errors name the edit. */
const writeCodebook = (
  session: GraceSession,
  { kept, wanted }: ChosenEdits,
  computed: readonly WrittenEdit[],
): Result<CodebookDraft> => {
  const present = kept.patches.filter((patch) => isCodebookOf(patch, session.hook.layer));
  const entries = present.flatMap((patch) => toEntries(patch, patch.edits[0]!));
  const draft: CodebookDraft = { edits: [...kept.edits], entries, written: [] };
  for (const [index, edit] of wanted.entries()) {
    const added = addEdit(session, edit, computed[index]!, draft);
    if (!added.ok) return fail(problemOfEdit(edit, added.problem));
  }
  return ok(draft);
};

const outcomeOf = (
  { hook: { layer }, settings, states, radius }: GraceSession,
  { kept, skipped }: ChosenEdits,
  { edits, entries, written }: CodebookDraft,
): EditOutcome => {
  const parent = new Map(kept.patches.flatMap(({ id, edits }) => edits.map((edit) => [edit, id] as const)));
  const fresh = written.map(({ edit }) => edits[edit]!);
  const names = editIdentities(fresh, new Set(parent.values()));
  const idOf = new Map([...parent, ...written.map(({ edit }, i) => [edit, names[i]!] as const)]);
  const byEdit = Map.groupBy(entries, (entry) => entry.edit);
  const codebook = [...byEdit].map(([edit, own]) =>
    toCodebookPatch({ id: idOf.get(edit)!, edit, layer, replace: settings.replace }, own),
  );
  const added = written.flatMap(({ edit }) => byEdit.get(edit) ?? []);
  return {
    edits,
    patches: [...kept.patches.filter((patch) => !isCodebookOf(patch, layer)), ...codebook],
    skipped,
    suspects: nearestProbes(states, added),
    diagnostics: written.map(({ edit, ...diagnostics }) => ({ id: idOf.get(edit)!, ...diagnostics })),
    hyperParameters: recordSettings({ ...settings, layer, radius }),
  };
};

/** What the wanted edits put into the codebook, each computed by itself. */
const computeEdits = (session: GraceSession, wanted: readonly Edit[], context: EditingContext) => {
  const work = {
    task: graceEntries,
    key: graceEntries.name,
    shared: () => shareSession(session, context.parent.patches),
    here: (edit: Edit) => writeEdit(session, edit),
    stage: "editing",
  };
  return mapItems(wanted, work, context);
};

/** GRACE's work, as `grace` in `grace.ts` describes it: `apply` of the method. */
export const applyGrace = applyMethod(
  {
    parse: parseGraceSettings,
    locate: ({ model }, { layer }) => codebookHook(model, layer),
  },
  async (work) => {
    const session = await openGraceSession(work);
    if (!session.ok) return session;
    const { chosen, context } = work;
    const computed = await computeEdits(session.value, chosen.wanted, context);
    if (!computed.ok) return computed;
    const draft = writeCodebook(session.value, chosen, computed.value);
    return draft.ok ? ok(outcomeOf(session.value, chosen, draft.value)) : draft;
  },
);
