import { join } from "node:path";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { LOOPBACK } from "./port.ts";
import { type ProcessGroup, startProcessGroup } from "./process-group.ts";

/** The D1 binding of wrangler.toml. */
const DATABASE_BINDING = "DB";

/** Where wrangler runs and what it must not do: ask, phone home, or fetch the edge's description. */
export interface WranglerPlace {
  readonly projectDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where D1 and R2 keep their data. */
  readonly persistDirectory: string;
}

const QUIET = {
  CI: "1",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_WRITE_LOGS: "false",
  NO_COLOR: "1",
};

const startWrangler = (
  { projectDirectory, environment }: WranglerPlace,
  wranglerArguments: readonly string[],
  onLine?: (line: string) => void,
): ProcessGroup =>
  startProcessGroup({
    program: process.execPath,
    arguments: [
      join(projectDirectory, "node_modules", "wrangler", "bin", "wrangler.js"),
      ...wranglerArguments,
    ],
    workingDirectory: projectDirectory,
    environment: { ...environment, ...QUIET },
    ...(onLine && { onLine }),
  });

/** A failure of wrangler, with the last that it said. */
export const wranglerProblem = (what: string, lines: readonly string[]) =>
  problem("service_unreachable", `${what}. Its last lines:\n${lines.map((line) => `  ${line}`).join("\n")}`);

/**
 * Brings the local database to the newest migration; applied ones are left alone.
 *
 * Errors: `service_unreachable` with wrangler's last lines.
 */
export const applyMigrations = async (place: WranglerPlace, signal: AbortSignal): Promise<Result<null>> => {
  const persist = ["--persist-to", place.persistDirectory];
  const group = startWrangler(place, ["d1", "migrations", "apply", DATABASE_BINDING, "--local", ...persist]);
  const onAbort = () => void group.stop();
  signal.addEventListener("abort", onAbort, { once: true });
  const code = await group.exited;
  signal.removeEventListener("abort", onAbort);
  if (signal.aborted) return fail(problem("cancelled", "Interrupted."));
  return code === 0
    ? ok(null)
    : fail(wranglerProblem("wrangler could not migrate the local database", group.lastLines()));
};

/** What the Worker runs with. */
export interface WorkerSetting extends WranglerPlace {
  readonly environmentFile: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Sees wrangler's output, one request a line once it serves. */
  readonly onLine?: (line: string) => void;
}

/** Starts the Worker in workerd. */
export const startWorker = (setting: WorkerSetting, port: number): ProcessGroup =>
  startWrangler(
    setting,
    [
      ...["dev", "--ip", LOOPBACK, "--port", String(port), "--inspector-port", "0"],
      ...["--persist-to", setting.persistDirectory, "--env-file", setting.environmentFile],
      ...Object.entries(setting.variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
      "--show-interactive-dev-session=false",
    ],
    setting.onLine,
  );
