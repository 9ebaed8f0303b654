import { createClient, type ServiceClient } from "../../client/client.ts";
import { ok, type Result } from "../../core/result.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { readCredentials } from "./credentials.ts";

/** The context of work at the service at `url`; without a token, the one of local work stands in. */
export const contextAt = <Context extends Pick<WorkshopContext, "environment">>(
  context: Context,
  url: string,
  token?: string,
): Context => ({
  ...context,
  environment: { ...context.environment, ERRATA_URL: url, ERRATA_TOKEN: token },
});

/** The client that the environment names. Errors: as `readCredentials`. */
export const connect = async (
  context: Pick<WorkshopContext, "environment" | "projectDirectory" | "fetch" | "signal">,
): Promise<Result<ServiceClient>> => {
  const credentials = await readCredentials(context);
  if (!credentials.ok) return credentials;
  return ok(createClient({ ...credentials.value, fetch: context.fetch, signal: context.signal }));
};
