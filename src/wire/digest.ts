import * as z from "zod";
import type { Digest } from "../core/digest.ts";

/** A digest in a request, its form in the API's description. */
export const requestDigestSchema = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "expected sha256: and 64 hexadecimal digits")
  .transform((text) => text as Digest);
