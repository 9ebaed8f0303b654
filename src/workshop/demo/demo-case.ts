import { type Edit, probePrompt } from "../../core/edit/edit.ts";

/** One mistake, with what is asked about it. */
export interface DemoCase {
  readonly prompt: string;
  readonly target: string;
  /** What the editor gets: neither the rephrasing kept back nor any locality prompt. */
  readonly given: Edit;
  /** The last paraphrase, which the editor never sees: whether it is fixed shows generality. Null without one. */
  readonly rephrasing: string | null;
  /** The first locality prompt: its answer must not change. Null without one. */
  readonly neighbour: string | null;
}

/** Splits an edit into what the editor gets and what is kept back to ask. */
export const toDemoCase = (edit: Edit): DemoCase => {
  const neighbour = edit.locality[0];
  return {
    prompt: edit.prompt,
    target: edit.target.trim(),
    given: { ...edit, paraphrases: edit.paraphrases.slice(0, -1), locality: [], portability: [] },
    rephrasing: edit.paraphrases.at(-1) ?? null,
    neighbour: neighbour === undefined ? null : probePrompt(neighbour),
  };
};
