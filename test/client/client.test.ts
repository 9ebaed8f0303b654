import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { readCredentials } from "../../src/cli/credentials.ts";
import { createClient } from "../../src/client/client.ts";

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

describe("a client", () => {
  const answering = (answer: typeof fetch, signal = new AbortController().signal) =>
    createClient({ url: "http://service", token: "secret" }, { fetch: answer, signal });
  const ask = { method: "GET", path: "/v1/tokens" } as const;

  it("passes on the problem that the service states", async () => {
    const error = { message: "No.", type: "x", param: "id", code: "unknown_token", detail: { id: 1 } };
    const client = answering(async () => Response.json({ error }, { status: 404 }));
    expect(await client.send(ask)).toEqual({
      ok: false,
      problem: { code: "unknown_token", message: "No.", param: "id", detail: { id: 1 } },
    });
  });

  it("does not take another server's page for an answer", async () => {
    const client = answering(async () => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect(await client.send(ask)).toMatchObject({
      ok: false,
      problem: { code: "service_unreachable", message: expect.stringContaining("answered 502") },
    });
  });

  it("refuses a success in a form that it does not know", async () => {
    const client = answering(async () => Response.json({ tokens: 3 }));
    const answer = await client.json(ask, z.object({ data: z.array(z.string()) }));
    expect(answer).toMatchObject({ ok: false, problem: { code: "internal" } });
  });

  it("says that it was interrupted", async () => {
    const client = answering(async () => {
      throw new DOMException("aborted", "AbortError");
    }, AbortSignal.abort());
    expect(await client.send(ask)).toMatchObject({ ok: false, problem: { code: "cancelled" } });
  });

  it("sends the token as a bearer token", async () => {
    const seen: (string | null)[] = [];
    const client = answering(async (_url, init) => {
      seen.push(new Headers(init?.headers).get("authorization"));
      return Response.json({});
    });
    await client.send(ask);
    expect(seen).toEqual(["Bearer secret"]);
  });
});
