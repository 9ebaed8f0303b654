import { z } from "zod";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { DEFAULT_CHANNEL, DEFAULT_MODEL } from "../../workshop/defaults.ts";
import { DEV_VARS_FILE } from "../../workshop/local-service/local-setup.ts";
import { type ReadyService, STATE_DIRECTORY, serveModel } from "../../workshop/local-service/serve-model.ts";
import { defineCommand } from "../command.ts";
import type { RunningContext } from "../context.ts";
import { channelName, describeVersion } from "../describe/move.ts";

/** Where the service listens unless `PORT` says otherwise; `DEFAULT_SERVICE_URL` names it too. */
const DEFAULT_PORT = 8787;
const HIGHEST_PORT = 65_535;

const EXAMPLE_PROMPT = "The capital of France is";

const readPort = ({ PORT }: RunningContext["environment"]): Result<number> => {
  const port = Number(PORT || DEFAULT_PORT);
  if (Number.isInteger(port) && port >= 1 && port <= HIGHEST_PORT) return ok(port);
  const message = `PORT is "${PORT}"; expected a whole number from 1 to ${HIGHEST_PORT}.`;
  return fail(problem("invalid_request", message, { param: "PORT" }));
};

const describeReady = ({ url, token, channels }: ReadyService): string => {
  const untouched = { model: DEFAULT_MODEL, channel: DEFAULT_CHANNEL, version: null };
  const served = (channels.length > 0 ? channels : [untouched]).map(
    (channel) => `${channelName(channel)}: ${describeVersion(channel.version)}`,
  );
  const body = JSON.stringify({ model: DEFAULT_MODEL, prompt: EXAMPLE_PROMPT, temperature: 0 });
  return (
    `\nErrata serves at ${url}\n${served.join("\n")}\n\nTry:\n  curl ${url}/v1/completions \\\n` +
    `    -H "authorization: Bearer ${token ?? ""}" \\\n` +
    `    -H "content-type: application/json" \\\n    -d '${body}'\n\nCtrl-C stops it.\n\n`
  );
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
    const port = readPort(context.environment);
    if (!port.ok) return port;
    const onReady = (service: ReadyService) => context.terminal.writeError(describeReady(service));
    const served = await serveModel({ model: DEFAULT_MODEL, port: port.value, onReady }, context);
    return served.ok ? ok({ document: { status: "stopped", url: served.value }, text: "" }) : served;
  },
});
