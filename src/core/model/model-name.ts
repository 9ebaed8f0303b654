import * as z from "zod";

/** Most characters of a model's name. */
export const MODEL_NAME_MAX_LENGTH = 64;

/** The name of a model: what stands before the `@` of a reference, and the name of its directory. */
export const modelNameSchema = z
  .string()
  .max(MODEL_NAME_MAX_LENGTH)
  .regex(
    /^[a-z0-9][a-z0-9._-]*$/,
    `expected 1 to ${MODEL_NAME_MAX_LENGTH} of a-z, 0-9, dot, dash and underscore, a letter or digit first`,
  );

/** Whether a text can name a model. */
export const isModelName = (text: string): boolean => modelNameSchema.safeParse(text).success;
