import { decodeBase64 } from "../core/base64.ts";
import { signaturesSchema } from "../core/bundle/signature.ts";
import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import type { SignedBundle } from "../service/publishing/publish-bundle.ts";
import type { PublishRequest } from "../wire/bundle.ts";

const decodeBytes = (text: string, param: string): Result<Uint8Array> => {
  const bytes = decodeBase64(text);
  return bytes ? ok(bytes) : fail(problem("invalid_request", `${param}: expected base64.`, { param }));
};

/** Reads a bundle off the wire. Errors: `invalid_request` for bad base64, `signature_invalid` for malformed ones. */
export const decodeBundle = (
  request: Pick<PublishRequest, "manifest" | "signatures" | "report">,
): Result<SignedBundle> => {
  const manifest = decodeBytes(request.manifest, "manifest");
  if (!manifest.ok) return manifest;
  const report = typeof request.report === "string" ? decodeBytes(request.report, "report") : ok(null);
  if (!report.ok) return report;
  const signatures = signaturesSchema.safeParse(request.signatures);
  if (signatures.success)
    return ok({ manifestBytes: manifest.value, signatures: signatures.data, report: report.value });
  const message = `signatures: ${signatures.error.issues[0]?.message ?? "malformed"}.`;
  return fail(problem("signature_invalid", message, { param: "signatures" }));
};
