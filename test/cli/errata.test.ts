import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

interface Ended {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

const execute = (
  file: string,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(file, argv, { cwd: ROOT, env: { ...process.env, ...environment } }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });

/** A port on which nothing listens. */
const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

describe("the bin", () => {
  it("runs as npx runs it, whatever Node that finds, and prints nothing besides", async () => {
    const { code, out, err } = await execute("npx", ["--no", "errata", "release", "--help"], {
      npm_config_loglevel: "silent",
    });
    expect(err).toBe("");
    expect(out).toMatch(/^Usage: errata release \[options\] <version>/);
    expect(code).toBe(0);
  });

  it("passes the exit code on, and says how to start a service that is not there", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const argv = [join(ROOT, "src/cli/errata.mjs"), "list", "--json"];
    const { code, out, err } = await execute("node", argv, { ERRATA_URL: url, ERRATA_TOKEN: "" });
    expect(code).toBe(8);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "service_unreachable", param: "ERRATA_URL" } });
    expect(err).toBe(
      `error: No service answers at ${url} (ECONNREFUSED). Start one with npm start, or set ERRATA_URL to one that runs.\n`,
    );
  });
});
