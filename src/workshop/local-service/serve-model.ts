import { once } from "node:events";
import { join } from "node:path";
import type { WireChannel } from "../../client/client.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { connect, contextAt } from "../connection/connect.ts";
import { readCredentials } from "../connection/credentials.ts";
import { pushModel } from "../publishing/push-model.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type LocalService, startLocalService } from "./local-service.ts";
import { DEV_VARS_FILE, prepareLocalSetup } from "./local-setup.ts";
import { wranglerProblem } from "./wrangler.ts";

/** Where wrangler keeps local D1 and R2 by default, from the project's root. */
export const STATE_DIRECTORY = join(".wrangler", "state");

/** A local service that answers, as whoever wants to use it needs to know it. */
export interface ReadyService {
  readonly url: string;
  /** The token of local work; null where `.dev.vars` has none. */
  readonly token: string | null;
  /** The model's channels that have ever moved. */
  readonly channels: readonly WireChannel[];
}

/** What to serve, and whom to tell. */
export interface ServingOptions {
  /** The model's name or directory. */
  readonly model: string;
  readonly port: number;
  /** Told once the service answers. */
  readonly onReady: (service: ReadyService) => void;
}

const open = async (port: number, context: WorkshopContext): Promise<Result<LocalService>> => {
  const trustedKeys = await prepareLocalSetup(context);
  if (!trustedKeys.ok) return trustedKeys;
  return startLocalService({
    ...context,
    port,
    persistDirectory: join(context.projectDirectory, STATE_DIRECTORY),
    environmentFile: join(context.projectDirectory, DEV_VARS_FILE),
    variables: { TRUSTED_KEYS: JSON.stringify(trustedKeys.value) },
    onLine: context.progress.note,
  });
};

/** Registers the model at the service that `context` names, and says how that stands then. */
const seed = async (model: string, context: WorkshopContext): Promise<Result<ReadyService>> => {
  const pushed = await pushModel({ model }, context);
  if (!pushed.ok) {
    if (pushed.problem.code !== "model_conflict") return pushed;
    const hint = `The local data in ${STATE_DIRECTORY} was made with another model; move it away to start afresh.`;
    return fail({ ...pushed.problem, message: `${pushed.problem.message} ${hint}` });
  }
  const client = await connect(context);
  if (!client.ok) return client;
  const channels = await client.value.channels.list(pushed.value.name);
  if (!channels.ok) return channels;
  const credentials = await readCredentials(context);
  return credentials.ok ? ok({ ...credentials.value, channels: channels.value }) : credentials;
};

const serve = async (
  { url, ended }: LocalService,
  { model, onReady }: ServingOptions,
  context: WorkshopContext,
): Promise<Result<null>> => {
  const ready = await seed(model, contextAt(context, url));
  if (!ready.ok) return ready;
  onReady(ready.value);
  const { signal } = context;
  if (signal.aborted) return ok(null);
  const lastLines = await Promise.race([ended, once(signal, "abort").then(() => null)]);
  return lastLines === null ? ok(null) : fail(wranglerProblem("wrangler ended", lastLines));
};

/**
 * Serves a model on this machine until the context's signal; makes what local work needs and is not there yet. Returns
 * the address it had.
 *
 * Errors: those of `prepareLocalSetup`, `startLocalService` and `pushModel`; `service_unreachable` where the service
 * ends by itself.
 */
export const serveModel = async (
  options: ServingOptions,
  context: WorkshopContext,
): Promise<Result<string>> => {
  const service = await open(options.port, context);
  if (!service.ok) return service;
  try {
    const served = await serve(service.value, options, context);
    return served.ok ? ok(service.value.url) : served;
  } finally {
    await service.value.stop();
  }
};
