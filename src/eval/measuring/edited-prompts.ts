import type { EvaluationCase } from "../case.ts";

/** Every prompt that asks for the fact that a case edits, as far as the case knows them. */
export const editedPrompts = ({ edit, phrasings }: EvaluationCase): readonly string[] => [
  edit.prompt,
  ...edit.paraphrases,
  ...phrasings.map(({ prompt }) => prompt),
];
