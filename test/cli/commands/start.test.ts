import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_KEY_FILE, readSigningKey } from "../../../src/workshop/keys/signing-key.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";
import { openCli, type TestCli } from "../support/cli.ts";

/** A port that another process has. */
const takePort = async (): Promise<{ server: Server; port: string }> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return { server, port: String(address.port) };
};

describe("errata start", () => {
  let cli: TestCli;
  beforeEach(async () => {
    cli = await openCli();
  });
  afterEach(() => cli.close());

  test.each(["http", "0", "65536", "87.5"])("refuses PORT=%s, saying what a port is", async (port) => {
    const { exit, err, out } = await cli.runWith({ environment: { PORT: port } }, "start");
    expect(exit).toBe(2);
    expect(out).toBe("");
    expect(err).toBe(`error: PORT is "${port}"; expected a whole number from 1 to 65535.\n`);
  });

  test("names PORT where another process has the port", async () => {
    const { server, port } = await takePort();
    const { exit, err } = await cli.runWith({ environment: { PORT: port } }, "start");
    server.close();
    expect(exit).toBe(8);
    expect(err).toContain(`Port ${port} is taken by another process. Set PORT to a free one`);
  });

  test("makes the settings and the key of local work where they are not there", async () => {
    await rm(join(cli.directory, DEFAULT_KEY_FILE));
    const { server, port } = await takePort();
    await cli.runWith({ environment: { PORT: port } }, "start");
    server.close();
    const example = await readFile(join(cli.directory, ".dev.vars.example"), "utf8");
    expect(await readFile(join(cli.directory, ".dev.vars"), "utf8")).toBe(example);
    unwrap(await readSigningKey(join(cli.directory, DEFAULT_KEY_FILE)));
  });

  test("leaves settings and a key that are there as they are", async () => {
    const own = "ERRATA_ADMIN_TOKEN=mine\n";
    await writeFile(join(cli.directory, ".dev.vars"), own);
    const { server, port } = await takePort();
    await cli.runWith({ environment: { PORT: port } }, "start");
    server.close();
    expect(await readFile(join(cli.directory, ".dev.vars"), "utf8")).toBe(own);
    const key = unwrap(await readSigningKey(join(cli.directory, DEFAULT_KEY_FILE)));
    expect(key.keyId).toBe(cli.key.keyId);
  });
});
