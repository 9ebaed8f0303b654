import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCredentials } from "../../../src/workshop/connection/credentials.ts";

let projectDirectory: string;

beforeAll(async () => {
  projectDirectory = await mkdtemp(join(tmpdir(), "errata-credentials-"));
  await writeFile(join(projectDirectory, ".dev.vars.example"), "ERRATA_ADMIN_TOKEN=example\nOTHER=1\n");
});
afterAll(() => rm(projectDirectory, { recursive: true }));

const credentials = (environment: Record<string, string>) =>
  readCredentials({ environment, projectDirectory });

describe("readCredentials", () => {
  it("takes the local service and its token by default", async () => {
    expect(await credentials({})).toEqual({
      ok: true,
      value: { url: "http://127.0.0.1:8787", token: "example" },
    });
  });

  it("prefers .dev.vars to the example", async () => {
    await writeFile(join(projectDirectory, ".dev.vars"), 'ERRATA_ADMIN_TOKEN="mine"\n');
    expect(await credentials({})).toMatchObject({ value: { token: "mine" } });
    await rm(join(projectDirectory, ".dev.vars"));
  });

  it.each([
    ["http://localhost:9000/", "http://localhost:9000", "example"],
    ["http://[::1]:9000", "http://[::1]:9000", "example"],
    ["https://errata.example.com", "https://errata.example.com", null],
    ["http://127.0.0.1.example.com", "http://127.0.0.1.example.com", null],
    ["http://127.0.0.1@example.com", "http://127.0.0.1@example.com", null],
  ])("sends the local token to this machine only: %s", async (given, url, token) => {
    expect(await credentials({ ERRATA_URL: given })).toEqual({ ok: true, value: { url, token } });
  });

  it("prefers ERRATA_TOKEN", async () => {
    expect(await credentials({ ERRATA_TOKEN: "given" })).toMatchObject({ value: { token: "given" } });
  });

  it.each(["localhost:8787", "ftp://example.com", "nonsense"])("refuses the URL %s", async (given) => {
    expect(await credentials({ ERRATA_URL: given })).toMatchObject({
      ok: false,
      problem: { code: "invalid_request", param: "ERRATA_URL" },
    });
  });
});
