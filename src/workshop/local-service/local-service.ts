import { mkdir } from "node:fs/promises";
import { ok, type Result } from "../../core/result.ts";
import { choosePort, LOOPBACK } from "./port.ts";
import { waitUntilHealthy } from "./wait-until-healthy.ts";
import { applyMigrations, startWorker, type WranglerPlace } from "./wrangler.ts";

/** How to run the service on this machine. */
export interface LocalServiceOptions extends WranglerPlace {
  /** Null for any free port. */
  readonly port: number | null;
  /** File of `NAME=value` lines with the Worker's secrets, such as `.dev.vars`. */
  readonly environmentFile: string;
  /** Settings over those of the file and of wrangler.toml; other users of the machine can see them. */
  readonly variables: Readonly<Record<string, string>>;
  /** Sees the Worker's output, one request a line. */
  readonly onLine?: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A running service. */
export interface LocalService {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  /** Resolves when the service has ended, by `stop` or by itself, to the last lines that it said. */
  readonly ended: Promise<readonly string[]>;
  /** Ends the service with all its processes; what it stored stays in `persistDirectory`. */
  readonly stop: () => Promise<void>;
}

/**
 * Runs the Worker in workerd with local D1 and R2, migrated, and resolves once it answers. The caller stops it.
 * A new service has no model yet.
 *
 * Errors: `service_unreachable` where the port is taken (param `PORT`) or wrangler fails; `cancelled`. After an
 * error nothing is left running.
 */
export const startLocalService = async (options: LocalServiceOptions): Promise<Result<LocalService>> => {
  const { persistDirectory, signal } = options;
  const port = await choosePort(options.port);
  if (!port.ok) return port;
  await mkdir(persistDirectory, { recursive: true });
  const migrated = await applyMigrations(options, signal);
  if (!migrated.ok) return migrated;
  const url = `http://${LOOPBACK}:${port.value}`;
  const worker = startWorker(options, port.value);
  const healthy = await waitUntilHealthy(url, worker, signal);
  if (healthy.ok) return ok({ url, ended: worker.exited.then(worker.lastLines), stop: worker.stop });
  await worker.stop();
  return healthy;
};
