import { z } from "zod";

/** A part of a `tokenizer.json`: its type, and what that type is set to. */
export const componentSchema = z.looseObject({ type: z.string() });

/** A normalizer, pre-tokenizer, decoder or post-processor of a `tokenizer.json`. */
export type Component = z.infer<typeof componentSchema>;

/** A component's parts in order, however sequences are nested; `key` names a sequence's list of them. */
export const flatten = (
  component: Component | null,
  key: "normalizers" | "pretokenizers" | "decoders",
): readonly Component[] => {
  if (component === null) return [];
  if (component.type !== "Sequence") return [component];
  return ((component[key] ?? []) as readonly Component[]).flatMap((part) => flatten(part, key));
};
