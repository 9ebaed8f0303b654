import { z } from "zod";
/** Most characters of a model's name. */
export declare const MODEL_NAME_MAX_LENGTH = 64;
/** The name of a model: what stands before the `@` of a reference, and the name of its directory. */
export declare const modelNameSchema: z.ZodString;
/** Whether a text can name a model. */
export declare const isModelName: (text: string) => boolean;
