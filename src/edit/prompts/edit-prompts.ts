import { type Edit, probePrompt } from "../../core/edit/edit.ts";

/** The prompts that an edit is made from: its own and its paraphrases. */
export const editPrompts = (edit: Edit): readonly string[] => [edit.prompt, ...edit.paraphrases];

/** The prompts that an edit names as not to change. */
export const localityPrompts = (edit: Edit): readonly string[] => edit.locality.map(probePrompt);
