import { z } from "zod";
/** Most characters of an edit's id, and so of its patch's. */
export declare const EDIT_ID_MAX_LENGTH = 120;
/** A prompt whose answer is known, used to measure what an edit did elsewhere. */
declare const probeSchema: z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
    prompt: z.ZodString;
    answer: z.ZodOptional<z.ZodString>;
    type: z.ZodOptional<z.ZodString>;
}, z.core.$strip>]>;
/** One line of an edits file: one knowledge point to correct. */
export declare const editSchema: z.ZodObject<{
    id: z.ZodOptional<z.ZodString>;
    prompt: z.ZodString;
    subject: z.ZodOptional<z.ZodString>;
    relation: z.ZodOptional<z.ZodString>;
    target: z.ZodString;
    groundTruth: z.ZodOptional<z.ZodString>;
    paraphrases: z.ZodDefault<z.ZodArray<z.ZodString>>;
    locality: z.ZodDefault<z.ZodArray<z.ZodUnion<readonly [z.ZodString, z.ZodObject<{
        prompt: z.ZodString;
        answer: z.ZodOptional<z.ZodString>;
        type: z.ZodOptional<z.ZodString>;
    }, z.core.$strip>]>>>;
    portability: z.ZodDefault<z.ZodArray<z.ZodObject<{
        prompt: z.ZodString;
        answer: z.ZodString;
        type: z.ZodOptional<z.ZodString>;
    }, z.core.$strip>>>;
}, z.core.$strip>;
/** One knowledge point, as a method receives it. */
export type Edit = z.infer<typeof editSchema>;
/** A probe prompt of an edit. */
export type Probe = z.infer<typeof probeSchema>;
/** The prompt text of a probe. */
export declare const probePrompt: (probe: Probe) => string;
export {};
