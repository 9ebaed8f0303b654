import * as z from "zod";
import { type Digest, isDigest } from "./digest.ts";

/** Parses a content address out of untrusted JSON. */
export const digestSchema = z
  .string()
  .refine(isDigest, "expected sha256: and 64 hexadecimal digits") as unknown as z.ZodType<Digest>;
