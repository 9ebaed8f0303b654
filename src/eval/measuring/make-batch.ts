import type { Edit } from "../../core/edit/edit.ts";
import { ok, type Result } from "../../core/result.ts";
import type { Attachment } from "../asking/evaluated-model.ts";
import type { EvaluationCase } from "../case.ts";
import type { Editor, Made } from "./editor.ts";

/** Cases in the order given, `size` at a time; the last of them may be fewer. */
export const casesInBatches = (
  cases: readonly EvaluationCase[],
  size: number,
): readonly (readonly EvaluationCase[])[] =>
  Array.from({ length: Math.ceil(cases.length / size) }, (_, index) =>
    cases.slice(index * size, (index + 1) * size),
  );

/** All edits of a case, its own first. */
export const editsOf = ({ edit, alongside }: EvaluationCase): readonly Edit[] => [edit, ...alongside];

const isNamed = (evaluationCase: EvaluationCase, name: string): boolean =>
  editsOf(evaluationCase).some(({ id, prompt }) => (id ?? prompt) === name);

/**
 * Makes the edits of all `cases` in one application of the method, on top of `parent`. Where the method fails at one
 * edit, its case is left out, with the reason, and the others are made again without it. Fails as the editor does.
 */
export const makeBatch = async (
  cases: readonly EvaluationCase[],
  editor: Editor,
  parent: Attachment,
): Promise<Result<Made>> => {
  let remaining = cases;
  const left = new Map<string, string>();
  for (;;) {
    const made = await editor.edit(remaining.flatMap(editsOf), parent);
    if (!made.ok) return made;
    const { failed, skipped } = made.value;
    const others = remaining.filter((remains) => failed === null || !isNamed(remains, failed));
    const final = others.length === remaining.length || others.length === 0;
    if (final) return ok({ ...made.value, skipped: new Map([...left, ...skipped]) });
    for (const { edit } of remaining)
      if (!others.some((other) => other.edit === edit)) left.set(edit.prompt, skipped.get(edit.prompt)!);
    remaining = others;
  }
};
