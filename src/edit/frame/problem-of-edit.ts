import type { Edit } from "../../core/edit/edit.ts";
import { type Problem, problem } from "../../core/problem.ts";

/** A problem that says which edit it is about. */
export const problemOfEdit = (edit: Edit, { code, message, detail }: Problem): Problem =>
  problem(code, `Edit "${edit.id ?? edit.prompt}": ${message}`, {
    param: edit.id ?? edit.prompt,
    ...(detail && { detail }),
  });
