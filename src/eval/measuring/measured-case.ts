import { ok } from "../../core/result.ts";
import { findMethod } from "../../edit/methods.ts";
import { PLAIN_WORKBENCH, type Task } from "../../edit/workbench.ts";
import { UNEDITED } from "../asking/evaluated-model.ts";
import { localModel } from "../asking/local-model.ts";
import { rememberAnswers } from "../asking/remember-answers.ts";
import type { EvaluationCase } from "../case.ts";
import type { CaseResult } from "../report.ts";
import { openEditor } from "./editor.ts";
import { measureBatch } from "./measure-batches.ts";

/** What cases are measured with. */
export interface MeasuringParts {
  /** The method's name. */
  readonly method: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Cases made and measured each alone, by the engine, for workers. */
export const measuredCase: Task<MeasuringParts, EvaluationCase, CaseResult> = {
  name: "measured-case",
  open: async ({ method: name, settings }, context) => {
    const method = findMethod(name);
    if (!method.ok) return method;
    const editor = openEditor({
      method: method.value,
      settings,
      context: { ...context, workbench: PLAIN_WORKBENCH, onProgress: () => undefined },
      now: () => performance.now(),
    });
    const evaluated = localModel(context.engine);
    const unedited = await evaluated.attach(UNEDITED);
    if (!unedited.ok) return unedited;
    const parts = {
      evaluated,
      editor,
      before: rememberAnswers(unedited.value),
      interrupted: () => ok(null),
      onCase: () => Promise.resolve(),
    };
    let primed = false;
    return ok(async (member) => {
      // As in one process: what the first edit measures of the model belongs to no edit.
      const first = primed ? ok(null) : await editor.edit([member.edit]);
      if (!first.ok) return first;
      primed = true;
      const measured = await measureBatch([member], [member], parts);
      return measured.ok ? ok(measured.value.get(member)!) : measured;
    });
  },
};
