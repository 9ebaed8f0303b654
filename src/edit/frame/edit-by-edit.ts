import type { Edit } from "../../core/edit/edit.ts";
import type { Patch } from "../../core/patch/patch.ts";
import type { PatchSet } from "../../core/patch/patch-set.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import type { EditDiagnostics, EditingContext, EditMethod, EditOutcome, SkippedEdit } from "../method.ts";
import type { ProbePrompt } from "../probes/probes.ts";
import { editIdentities } from "../prompts/edit-identity.ts";
import { targetLoss } from "../prompts/target-tokens.ts";
import { letEventsIn } from "../running/let-events-in.ts";
import { applyMethod, type MethodParts, type MethodWork } from "./apply-method.ts";
import { answeredSince } from "./choose-edits.ts";
import { withEndAdvice } from "./end-advice.ts";
import { unansweredPrompts } from "./is-answered.ts";
import { composePatches } from "./parent.ts";
import { problemOfEdit } from "./problem-of-edit.ts";
import { recordSettings } from "./settings.ts";

/** Edits with their patches while more are made. */
export interface Draft {
  readonly edits: readonly Edit[];
  readonly patches: readonly Patch[];
  /** `patches` as the engine takes them. */
  readonly set: PatchSet;
}

/** What the patch of an edit is called, and the edit's index: what it carries. */
export type EditPlace = Pick<Patch, "id" | "edits">;

/** One edit, made. */
export interface MadeEdit {
  readonly patches: readonly Patch[];
  readonly figures: EditDiagnostics["figures"];
  /** How the optimisation went; left out by a method that optimises nothing. */
  readonly optimized?: Pick<EditDiagnostics, "steps" | "loss">;
}

/** An edit that is kept: with its loss under its own patches where nothing was optimised. */
type KeptEdit<Made extends MadeEdit> = Made & Required<Pick<MadeEdit, "optimized">>;

/** Why an edit got no patch. */
export interface NotMade {
  readonly reason: string;
}

/** A method at work on one edit after another, each on top of those before it. */
export interface EditMaker<Made extends MadeEdit> {
  /** Makes one edit; what it gives is kept in the workbench, and so must survive structured cloning. */
  make(edit: Edit, place: EditPlace, draft: Draft): Promise<Result<Made | NotMade>>;
  /** Probes by how likely `made`, one edit at least, changes their answers, the likeliest first. */
  suspects(made: readonly Made[]): Promise<Result<readonly ProbePrompt[]>>;
  /** What became of settings that were left to the model's advice. */
  readonly resolved: Readonly<Record<string, string | number>>;
}

/** All edits, made. */
interface MadeEdits<Made extends MadeEdit> {
  readonly draft: Draft;
  readonly made: readonly Made[];
  readonly skipped: readonly SkippedEdit[];
  readonly diagnostics: readonly EditDiagnostics[];
}

/** `draft` with more patches. Errors: those of `composePatchSet`. */
const extend = (
  { edits, patches }: Draft,
  edit: Edit,
  more: readonly Patch[],
  context: Pick<EditingContext, "model">,
): Result<Draft> => {
  const all = [...patches, ...more];
  const set = composePatches(all, context);
  return set.ok ? ok({ edits: [...edits, edit], patches: all, set: set.value }) : set;
};

/** The prompts of `edit` that the model does not answer with the target once `patches` join `draft`. */
export const unansweredWith = async (
  edit: Edit,
  patches: readonly Patch[],
  draft: Draft,
  context: Pick<EditingContext, "model" | "engine">,
): Promise<Result<readonly string[]>> => {
  const extended = extend(draft, edit, patches, context);
  return extended.ok ? ok(await unansweredPrompts(context.engine, edit, extended.value.set)) : extended;
};

class EditByEdit<Made extends MadeEdit> {
  readonly #work: Pick<MethodWork<unknown, unknown>, "chosen" | "context">;
  readonly #maker: EditMaker<Made>;
  readonly #made: Made[] = [];
  readonly #skipped: SkippedEdit[];
  readonly #diagnostics: EditDiagnostics[] = [];
  #draft: Draft;

  constructor(work: Pick<MethodWork<unknown, unknown>, "chosen" | "context">, maker: EditMaker<Made>) {
    const { kept, skipped, base } = work.chosen;
    this.#work = work;
    this.#maker = maker;
    this.#skipped = [...skipped];
    this.#draft = { ...kept, set: base };
  }

  async makeAll(): Promise<Result<MadeEdits<Made>>> {
    const { chosen, context } = this.#work;
    const { wanted, kept } = chosen;
    const names = editIdentities(wanted, new Set(kept.patches.map(({ id }) => id)));
    for (const [index, edit] of wanted.entries()) {
      const running = await letEventsIn(context.signal);
      if (!running.ok) return running;
      const added = await this.#add(edit, names[index]!, index);
      if (!added.ok)
        return fail(problemOfEdit(edit, await withEndAdvice(added.problem, edit, context.engine)));
      context.onProgress({ stage: "editing", done: index + 1, total: wanted.length });
    }
    const [draft, made, skipped, diagnostics] = [this.#draft, this.#made, this.#skipped, this.#diagnostics];
    return ok({ draft, made, skipped, diagnostics });
  }

  async #add(edit: Edit, id: string, index: number): Promise<Result<null>> {
    const { chosen, context } = this.#work;
    const answered = await answeredSince(edit, this.#draft.set, chosen, context);
    if (answered !== null) {
      this.#skipped.push(answered);
      return ok(null);
    }
    const made = await context.workbench.remember(`edit ${index}`, () => this.#make(edit, id));
    if (!made.ok) return made;
    if ("reason" in made.value) {
      this.#skipped.push({ edit, reason: made.value.reason });
      return ok(null);
    }
    const { patches, optimized, figures } = made.value;
    const extended = extend(this.#draft, edit, patches, context);
    if (!extended.ok) return extended;
    this.#draft = extended.value;
    this.#made.push(made.value);
    this.#diagnostics.push({ id, ...optimized, figures });
    return ok(null);
  }

  async #make(edit: Edit, id: string): Promise<Result<KeptEdit<Made> | NotMade>> {
    const { context } = this.#work;
    const draft = this.#draft;
    const made = await this.#maker.make(edit, { id, edits: [draft.edits.length] }, draft);
    if (!made.ok) return made;
    if ("reason" in made.value) return ok({ reason: made.value.reason });
    const { optimized } = made.value;
    if (optimized) return ok({ ...made.value, optimized });
    const extended = extend(draft, edit, made.value.patches, context);
    if (!extended.ok) return extended;
    const loss = await targetLoss(edit, context.engine, extended.value.set);
    return loss.ok ? ok({ ...made.value, optimized: { steps: 0, loss: loss.value } }) : loss;
  }
}

/**
 * The `apply` of a method that makes one edit after another: each is asked again under those before it, made where it
 * is still wrong, and kept in the workbench. Errors: those of `applyMethod` and `open`; those of `make` name the edit.
 */
export const applyEditByEdit = <Settings extends object, Site, Made extends MadeEdit>(
  parts: MethodParts<Settings, Site>,
  open: (work: MethodWork<Settings, Site>) => Promise<Result<EditMaker<Made>>>,
): EditMethod["apply"] =>
  applyMethod(parts, async (work): Promise<Result<EditOutcome>> => {
    const maker = await open(work);
    if (!maker.ok) return maker;
    const all = await new EditByEdit(work, maker.value).makeAll();
    if (!all.ok) return all;
    const { draft, made, skipped, diagnostics } = all.value;
    const suspects = made.length === 0 ? ok([]) : await maker.value.suspects(made);
    if (!suspects.ok) return suspects;
    return ok({
      edits: draft.edits,
      patches: draft.patches,
      skipped,
      diagnostics,
      suspects: suspects.value,
      hyperParameters: recordSettings({ ...work.settings, ...maker.value.resolved }),
    });
  });
