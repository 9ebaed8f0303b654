import { z } from "zod";
import { editSchema } from "../../core/edit/edit.ts";
import { ok } from "../../core/result.ts";
import type { Neighbour, Phrasing } from "../case.ts";
import { parseRecord, type RecordReader, someAnswer, someText } from "./records.ts";

/** A record as ROME published it: templates with `{}` for the subject, and lists of prompts. */
const publishedSchema = z
  .object({
    case_id: z.int(),
    requested_rewrite: z.object({
      prompt: someText,
      subject: someText,
      target_new: z.object({ str: someAnswer }),
      target_true: z.object({ str: someAnswer }),
    }),
    paraphrase_prompts: z.array(someText),
    neighborhood_prompts: z.array(someText),
    attribute_prompts: z.array(someText).default([]),
  })
  .transform(({ requested_rewrite: rewrite, ...record }) => ({
    id: record.case_id,
    prompt: rewrite.prompt.replace("{}", () => rewrite.subject),
    subject: rewrite.subject,
    target: rewrite.target_new.str,
    old: rewrite.target_true.str,
    phrasings: record.paraphrase_prompts,
    neighbours: record.neighborhood_prompts.map((prompt) => ({ prompt, answer: rewrite.target_true.str })),
    sharing: record.attribute_prompts,
  }));

/** A record as benchmarks of editing tools pass it on: flat, one phrasing and one neighbour. */
const flatSchema = z
  .object({
    case_id: z.int(),
    prompt: someText,
    subject: someText,
    target_new: someAnswer,
    ground_truth: someAnswer,
    rephrase_prompt: someText,
    locality_prompt: someText,
    locality_ground_truth: someAnswer,
  })
  .transform((record) => ({
    id: record.case_id,
    prompt: record.prompt,
    subject: record.subject,
    target: record.target_new,
    old: record.ground_truth,
    phrasings: [record.rephrase_prompt],
    neighbours: [{ prompt: record.locality_prompt, answer: record.locality_ground_truth }],
    sharing: [] as string[],
  }));

type Counterfactual = z.infer<typeof flatSchema>;

const neighboursOf = ({ neighbours, sharing, old, target }: Counterfactual): readonly Neighbour[] => [
  ...neighbours.map((neighbour) => ({
    ...neighbour,
    object: neighbour.answer === old ? ("old" as const) : ("other" as const),
  })),
  ...sharing.map((prompt) => ({ prompt, answer: target, object: "new" as const })),
];

const hasRewrite = (record: unknown): boolean =>
  typeof record === "object" && record !== null && "requested_rewrite" in record;

/**
 * A record of CounterFact (ROME, arXiv 2202.05262), as published or flattened. The editor is given the prompt alone;
 * the paraphrases only measure. Neighbours with the old object are those of NS; `attribute_prompts` ask for subjects
 * that have the new object already. Fields that are not named here are passed over.
 */
export const readCounterFactRecord: RecordReader = (record) => {
  const parsed = parseRecord<Counterfactual>(hasRewrite(record) ? publishedSchema : flatSchema, record);
  if (!parsed.ok) return parsed;
  const { id, prompt, subject, target, old, phrasings } = parsed.value;
  return ok({
    edit: editSchema.parse({ id: `counterfact-${id}`, prompt, subject, target, groundTruth: old }),
    oldAnswers: [old],
    phrasings: phrasings.map((phrasing): Phrasing => ({ prompt: phrasing, seenInTraining: null })),
    locality: { neighbours: neighboursOf(parsed.value), sameSubject: [], random: [] },
    portability: [],
    alongside: [],
  });
};
