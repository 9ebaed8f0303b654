import type { Edit } from "../../core/edit/edit.ts";
import { encodePatch } from "../../core/patch/encode-patch.ts";
import { patchBytes } from "../../core/patch/patch-record.ts";
import type { ProblemCode } from "../../core/problem.ts";
import { ok, type Result } from "../../core/result.ts";
import type { EditingContext, EditMethod } from "../../edit/method.ts";
import { type Attachment, UNEDITED } from "../asking/evaluated-model.ts";

/** Problems of one edit that say something about the method, not about how it was called. */
const FAILED_EDITS: ReadonlySet<ProblemCode> = new Set([
  "disabling_edit",
  "edit_not_converged",
  "edit_conflict",
  "target_too_long",
  "prompt_too_long",
]);

/** Patches made, and what that took. */
export interface Made {
  readonly attachment: Attachment;
  readonly seconds: number;
  /** Bytes of all patches' blobs, the parent's included. */
  readonly bytes: number;
  /** Edits without a patch, with the reason, by prompt. */
  readonly skipped: ReadonlyMap<string, string>;
  /** The edit that the method failed at, by its id or else its prompt, as its problem names it; null where it did not. */
  readonly failed: string | null;
}

/** A method with its settings, ready to make one set of patches after another. */
export interface Editor {
  /**
   * Patches for `edits` on top of `parent`. Where the method cannot make one of them, none is made and all are
   * skipped, with the reason. Fails as the method does otherwise.
   */
  edit(edits: readonly Edit[], parent?: Attachment): Promise<Result<Made>>;
}

/** What an editor is made of. */
export interface EditorParts {
  readonly method: EditMethod;
  readonly settings: Readonly<Record<string, string>>;
  readonly context: Omit<EditingContext, "parent">;
  /** The caller's clock, in milliseconds. */
  readonly now: () => number;
}

const bytesOf = async ({ patches }: Attachment): Promise<number> => {
  let bytes = 0;
  for (const patch of patches) bytes += patchBytes((await encodePatch(patch)).record);
  return bytes;
};

/**
 * Opens an editor. A method keeps what it reads of the bare model, so the first edit also takes the time to measure
 * the model's probes, and every later one only its own.
 */
export const openEditor = ({ method, settings, context, now }: EditorParts): Editor => {
  return {
    edit: async (edits, parent = UNEDITED) => {
      const started = now();
      const applied = await method.apply(edits, settings, { ...context, parent });
      const seconds = (now() - started) / 1000;
      if (applied.ok) {
        const { patches, skipped } = applied.value;
        const attachment = { edits: applied.value.edits, patches };
        const reasons = new Map(skipped.map(({ edit, reason }) => [edit.prompt, reason]));
        return ok({ attachment, seconds, bytes: await bytesOf(attachment), skipped: reasons, failed: null });
      }
      if (!FAILED_EDITS.has(applied.problem.code)) return applied;
      const { message, param = null } = applied.problem;
      const skipped = new Map(edits.map(({ prompt }) => [prompt, message]));
      return ok({ attachment: parent, seconds, bytes: await bytesOf(parent), skipped, failed: param });
    },
  };
};
