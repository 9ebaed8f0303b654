import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { readDevVar } from "../keys/dev-vars.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** The service that commands talk to where `ERRATA_URL` names none: what `npm start` starts. */
export const DEFAULT_SERVICE_URL = "http://127.0.0.1:8787";

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Which service, and as whom. */
export interface Credentials {
  /** Without a slash at its end. */
  readonly url: string;
  /** Null where there is none; the service then says what it needs. */
  readonly token: string | null;
}

/**
 * Reads `ERRATA_URL` and `ERRATA_TOKEN`. Without a token, and only for a service on this machine, the token of
 * local work out of `.dev.vars` stands in: it never leaves the machine.
 *
 * Errors: `invalid_request` where `ERRATA_URL` is no http or https URL.
 */
export const readCredentials = async (
  context: Pick<WorkshopContext, "environment" | "projectDirectory">,
): Promise<Result<Credentials>> => {
  const text = context.environment.ERRATA_URL || DEFAULT_SERVICE_URL;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    return fail(
      problem("invalid_request", `ERRATA_URL is "${text}"; expected a URL such as ${DEFAULT_SERVICE_URL}.`, {
        param: "ERRATA_URL",
      }),
    );
  const local = LOOPBACK_HOST.test(url.hostname);
  const token =
    context.environment.ERRATA_TOKEN ||
    (local ? await readDevVar(context.projectDirectory, "ERRATA_ADMIN_TOKEN") : undefined);
  return ok({ url: text.replace(/\/+$/, ""), token: token ?? null });
};
