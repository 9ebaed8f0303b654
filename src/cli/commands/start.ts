import { once } from "node:events";
import { join } from "node:path";
import { z } from "zod";
import { problem } from "../../core/problem.ts";
import type { Result } from "../../core/result.ts";
import { fail, ok } from "../../core/result.ts";
import { connect } from "../../workshop/connection/connect.ts";
import { readCredentials } from "../../workshop/connection/credentials.ts";
import { type LocalService, startLocalService } from "../../workshop/local-service/local-service.ts";
import { DEV_VARS_FILE, prepareLocalSetup } from "../../workshop/local-service/local-setup.ts";
import { wranglerProblem } from "../../workshop/local-service/wrangler.ts";
import { pushModel } from "../../workshop/publishing/push-model.ts";
import { defineCommand } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { channelName, describeVersion } from "../describe/move.ts";
import { DEFAULT_CHANNEL, DEFAULT_MODEL } from "../options.ts";

/** Where the service listens unless `PORT` says otherwise; `DEFAULT_SERVICE_URL` names it too. */
const DEFAULT_PORT = 8787;
const HIGHEST_PORT = 65_535;

/** Where wrangler keeps local D1 and R2 by default, from the project's root. */
const STATE_DIRECTORY = join(".wrangler", "state");

const EXAMPLE_PROMPT = "The capital of France is";

const readPort = ({ PORT }: RunningContext["environment"]): Result<number> => {
  const port = Number(PORT || DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 1 && port <= HIGHEST_PORT) return ok(port);
  const message = `PORT is "${PORT}"; expected a whole number from 1 to ${HIGHEST_PORT}.`;
  return fail(problem("invalid_request", message, { param: "PORT" }));
};

const open = async (context: RunningContext): Promise<Result<LocalService>> => {
  const port = readPort(context.environment);
  if (!port.ok) return port;
  const trustedKeys = await prepareLocalSetup(context);
  if (!trustedKeys.ok) return trustedKeys;
  return startLocalService({
    ...context,
    port: port.value,
    persistDirectory: join(context.projectDirectory, STATE_DIRECTORY),
    environmentFile: join(context.projectDirectory, DEV_VARS_FILE),
    variables: { TRUSTED_KEYS: JSON.stringify(trustedKeys.value) },
    onLine: (line) => context.terminal.writeError(`${line}\n`),
  });
};

/** The context of commands on the service at `url`, with the token of local work. */
const contextAt = (url: string, context: RunningContext): RunningContext => ({
  ...context,
  environment: { ...context.environment, ERRATA_URL: url, ERRATA_TOKEN: undefined },
});

const seed = async (context: RunningContext): Promise<Result<unknown>> => {
  const pushed = await pushModel({ model: DEFAULT_MODEL }, context);
  if (pushed.ok || pushed.problem.code !== "model_conflict") return pushed;
  const hint = `The local data in ${STATE_DIRECTORY} was made with another model; move it away to start afresh.`;
  return fail({ ...pushed.problem, message: `${pushed.problem.message} ${hint}` });
};

const describeServed = async (context: RunningContext): Promise<Result<string>> => {
  const client = await connect(context);
  if (!client.ok) return client;
  const channels = await client.value.channels.list(DEFAULT_MODEL);
  if (!channels.ok) return channels;
  const lines = channels.value.map(
    (channel) => `${channelName(channel)}: ${describeVersion(channel.version)}`,
  );
  const untouched = `${DEFAULT_MODEL}@${DEFAULT_CHANNEL}: ${describeVersion(null)}`;
  return ok((lines.length > 0 ? lines : [untouched]).join("\n"));
};

const describeReady = async (url: string, context: RunningContext): Promise<Result<string>> => {
  const served = await describeServed(context);
  if (!served.ok) return served;
  const credentials = await readCredentials(context);
  if (!credentials.ok) return credentials;
  const body = JSON.stringify({ model: DEFAULT_MODEL, prompt: EXAMPLE_PROMPT, temperature: 0 });
  return ok(
    `\nErrata serves at ${url}\n${served.value}\n\nTry:\n  curl ${url}/v1/completions \\\n` +
      `    -H "authorization: Bearer ${credentials.value.token ?? ""}" \\\n` +
      `    -H "content-type: application/json" \\\n    -d '${body}'\n\nCtrl-C stops it.\n\n`,
  );
};

/** Serves until Ctrl-C, or until wrangler ends by itself, which is a failure. */
const serve = async ({ url, ended }: LocalService, outer: RunningContext): Promise<Result<null>> => {
  const context = contextAt(url, outer);
  const seeded = await seed(context);
  if (!seeded.ok) return seeded;
  const ready = await describeReady(url, context);
  if (!ready.ok) return ready;
  context.terminal.writeError(ready.value);
  if (context.signal.aborted) return ok(null);
  const lastLines = await Promise.race([ended, once(context.signal, "abort").then(() => null)]);
  return lastLines === null ? ok(null) : fail(wranglerProblem("wrangler ended", lastLines));
};

/** `errata start`: the service on this machine, until it is interrupted. */
export const startCommand = defineCommand({
  name: "start",
  summary: "serve the default model on this machine, until Ctrl-C",
  details:
    `Runs the Worker in workerd on port ${DEFAULT_PORT} (PORT changes it) with local D1 and R2, migrated and seeded ` +
    `with models/${DEFAULT_MODEL}. Data stays in ${STATE_DIRECTORY}. Where they are not there yet it makes ` +
    `${DEV_VARS_FILE} and a signing key, which the service trusts, so that edit, publish and release work at once.`,
  options: [],
  examples: ["start"],
  input: z.object({}),
  run: async (_, context) => {
    const service = await open(context);
    if (!service.ok) return service;
    try {
      const served = await serve(service.value, context);
      if (!served.ok) return served;
      return ok({ document: { status: "stopped", url: service.value.url }, text: "" });
    } finally {
      await service.value.stop();
    }
  },
});
