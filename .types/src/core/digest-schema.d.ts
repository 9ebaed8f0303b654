import { z } from "zod";
import type { Digest } from "./digest.ts";
/** Parses a content address out of untrusted JSON. */
export declare const digestSchema: z.ZodType<Digest>;
