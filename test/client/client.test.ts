import { describe, expect, it } from "vitest";
import { createClient } from "../../src/client/client.ts";

const answering = (fetch: typeof globalThis.fetch, signal?: AbortSignal) =>
  createClient({ url: "http://service", token: "secret", fetch, signal });

/** Never answers; fails as `fetch` does when it is aborted. */
const hanging: typeof fetch = (_url, init) =>
  new Promise((_resolve, reject) => {
    const { signal } = init!;
    if (signal?.aborted) reject(signal.reason);
    else signal?.addEventListener("abort", () => reject(signal.reason));
  });

const CANCELLED = { ok: false, problem: { code: "cancelled" } };

describe("a client", () => {
  it("passes on the problem that the service states", async () => {
    const error = { message: "No.", type: "x", param: "id", code: "unknown_token", detail: { id: 1 } };
    const client = answering(async () => Response.json({ error }, { status: 404 }));
    expect(await client.tokens.list()).toEqual({
      ok: false,
      problem: { code: "unknown_token", message: "No.", param: "id", detail: { id: 1 } },
    });
  });

  it("does not take another server's page for an answer", async () => {
    const client = answering(async () => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    expect(await client.tokens.list()).toEqual({
      ok: false,
      problem: {
        code: "service_unreachable",
        message: "http://service answered 502 without an errata error.",
        param: "url",
        detail: { url: "http://service", status: 502 },
      },
    });
  });

  it.each([Response.json({ tokens: 3 }), new Response("<h1>Hello</h1>")])(
    "refuses a success in a form that it does not know",
    async (answer) => {
      const client = answering(async () => answer);
      expect(await client.tokens.list()).toMatchObject({
        ok: false,
        problem: { code: "internal", message: expect.stringContaining("GET /v1/tokens answered in a form") },
      });
    },
  );

  it("passes over fields that it does not know, which a newer service may send", async () => {
    const client = answering(async () => Response.json({ data: [], cursor: "next" }));
    expect(await client.tokens.list()).toEqual({ ok: true, value: [] });
  });

  it("says that nobody answers, and why, in no command line's words", async () => {
    const client = answering(async () => {
      throw new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });
    });
    expect(await client.info()).toEqual({
      ok: false,
      problem: {
        code: "service_unreachable",
        message: "No service answers at http://service (ECONNREFUSED).",
        param: "url",
        detail: { url: "http://service", reason: "ECONNREFUSED" },
      },
    });
  });

  it("says that an answer was cut off", async () => {
    const cut = new ReadableStream({ start: (controller) => controller.error(new TypeError("terminated")) });
    const client = answering(async () => new Response(cut));
    expect(await client.blobs.get(`sha256:${"0".repeat(64)}`)).toMatchObject({
      ok: false,
      problem: { code: "service_unreachable" },
    });
  });

  it("says that it was interrupted", async () => {
    expect(await answering(hanging, AbortSignal.abort()).tokens.list()).toMatchObject(CANCELLED);
  });

  it.each(["the client's", "the call's"])("is interrupted by %s signal, with both at hand", async (whose) => {
    const [always, once] = [new AbortController(), new AbortController()];
    const asked = answering(hanging, always.signal).tokens.list({ signal: once.signal });
    (whose === "the client's" ? always : once).abort();
    expect(await asked).toMatchObject(CANCELLED);
  });

  it("sends the token as a bearer token", async () => {
    const seen: (string | null)[] = [];
    const record: typeof fetch = async (_url, init) => {
      seen.push(new Headers(init?.headers).get("authorization"));
      return Response.json({ data: [] });
    };
    await answering(record).tokens.list();
    await createClient({ url: "http://service", fetch: record }).tokens.list();
    expect(seen).toEqual(["Bearer secret", null]);
  });
});
