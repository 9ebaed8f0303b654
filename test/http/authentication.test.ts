import { beforeEach, describe, expect, it } from "vitest";
import { digestOfText } from "../../src/core/digest.ts";
import { isLoopback } from "../../src/http/middleware/is-loopback.ts";
import { secretsEqual } from "../../src/service/access/secrets-equal.ts";
import { ADMIN_TOKEN, NOW, refusalOf, startService, type TestService } from "./support/service.ts";

let service: TestService;

beforeEach(async () => {
  service = await startService();
});

const createToken = async (...scopes: string[]): Promise<{ id: string; token: string }> => {
  const response = await service.call("POST", "/v1/tokens", { body: { name: "ci", scopes } });
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string; token: string };
};

describe("a bearer token", () => {
  it("is shown once, and only its hash is kept", async () => {
    const { id, token } = await createToken("infer", "infer");
    expect(token).toMatch(/^errata_[0-9a-f]{64}$/);
    const listed = await (await service.call("GET", "/v1/tokens")).text();
    expect(JSON.parse(listed)).toEqual({
      data: [{ id, name: "ci", scopes: ["infer"], createdAt: NOW, revokedAt: null }],
    });
    expect(listed).not.toContain(token.slice("errata_".length));
    expect((await service.stores.tokens.authenticate(await digestOfText(token))).ok).toBe(true);
  });

  it("opens the routes of its scopes and no others", async () => {
    const { token } = await createToken("bundle:read");
    expect((await service.call("GET", "/v1/channels", { token })).status).toBe(200);
    const other = await service.call("GET", "/v1/models", { token });
    expect(await refusalOf(other)).toMatchObject({ status: 403, code: "forbidden" });
  });

  it.each([
    ["infer", "POST", "/v1/completions"],
    ["infer", "GET", "/v1/models"],
    ["infer", "GET", "/v1/models/tiny"],
    ["admin", "PUT", "/v1/models/tiny"],
    ["bundle:read", "GET", `/v1/blobs/sha256:${"0".repeat(64)}`],
    ["bundle:publish", "POST", "/v1/bundles"],
    ["bundle:read", "GET", "/v1/bundles"],
    ["bundle:read", "GET", "/v1/bundles/tiny@1"],
    ["bundle:read", "GET", "/v1/channels"],
    ["bundle:read", "GET", "/v1/models/tiny/channels/stable"],
    ["release:write", "POST", "/v1/models/tiny/channels/stable/release"],
    ["release:rollback", "POST", "/v1/models/tiny/channels/stable/rollback"],
    ["bundle:read", "GET", "/v1/models/tiny/channels/stable/history"],
    ["bundle:read", "GET", "/v1/models/tiny/channels/stable/patches"],
    ["hotfix:write", "POST", "/v1/models/tiny/channels/stable/hotfixes"],
    ["release:rollback", "POST", "/v1/models/tiny/channels/stable/disable"],
    ["release:write", "POST", "/v1/models/tiny/channels/stable/enable"],
    ["bundle:read", "GET", `/v1/hotfixes/sha256:${"0".repeat(64)}`],
    ["bundle:read", "GET", "/v1/audit"],
    ["admin", "POST", "/v1/tokens"],
    ["admin", "GET", "/v1/tokens"],
    ["admin", "DELETE", "/v1/tokens/none"],
  ])("needs %s for %s %s", async (scope, method, path) => {
    const others = [
      "infer",
      "bundle:read",
      "bundle:publish",
      "release:write",
      "release:rollback",
      "hotfix:write",
    ];
    const lacking = await createToken(...others.filter((other) => other !== scope));
    const body = method === "GET" || method === "DELETE" ? undefined : {};
    const refused = await service.call(method, path, { body, token: lacking.token });
    expect(await refusalOf(refused)).toMatchObject({ status: 403, code: "forbidden" });
    const holding = await createToken(scope);
    expect((await service.call(method, path, { body, token: holding.token })).status).not.toBe(403);
    const anonymous = await service.call(method, path, { body, token: null });
    expect(await refusalOf(anonymous)).toMatchObject({ status: 401, code: "unauthenticated" });
  });

  it.each([
    ["POST", "/v1/blobs/missing"],
    ["PUT", `/v1/blobs/sha256:${"0".repeat(64)}`],
  ])("may publish or write hotfixes for %s %s", async (method, path) => {
    const neither = await createToken("infer", "bundle:read", "release:write", "release:rollback");
    const refused = await service.call(method, path, { body: {}, token: neither.token });
    expect(await refusalOf(refused)).toMatchObject({ status: 403, code: "forbidden" });
    for (const scope of ["bundle:publish", "hotfix:write"] as const) {
      const { token } = await createToken(scope);
      expect((await service.call(method, path, { body: {}, token })).status).not.toBe(403);
    }
  });

  it("is refused from the request after its revocation on", async () => {
    const { id, token } = await createToken("infer");
    expect((await service.call("GET", "/v1/models", { token })).status).toBe(200);
    const revoked = await service.call("DELETE", `/v1/tokens/${id}`);
    expect(await revoked.json()).toEqual({ id, revokedAt: NOW });
    const response = await service.call("GET", "/v1/models", { token });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await refusalOf(response)).toMatchObject({ status: 401, code: "unauthenticated" });
  });
});

describe("the token of local work", () => {
  it.each(["http://localhost:8787", "http://127.0.0.1:8787", "http://127.8.8.8", "http://[::1]:8787"])(
    "is accepted at %s",
    async (origin) => {
      expect((await service.call("GET", "/v1/tokens", { origin })).status).toBe(200);
      const headers = { "cf-connecting-ip": "127.0.0.1" };
      expect((await service.call("GET", "/v1/tokens", { origin, headers })).status).toBe(200);
    },
  );

  it.each([
    ["at a public host", "https://errata.example.com", undefined],
    ["at a host that only begins like a local one", "https://localhost.example.com", undefined],
    ["at a private address", "http://192.168.1.2:8787", undefined],
    ["from a public address", "http://localhost:8787", "203.0.113.7"],
    ["from a public IPv6 address", "http://localhost:8787", "2001:db8::1"],
  ])("is refused %s", async (_, origin, address) => {
    const headers: Record<string, string> = address ? { "cf-connecting-ip": address } : {};
    const response = await service.call("GET", "/v1/tokens", { origin, headers });
    expect(await refusalOf(response)).toMatchObject({ status: 401, code: "unauthenticated" });
  });

  it("is no token at all where none is configured", async () => {
    const bare = await startService({ adminToken: null });
    expect((await bare.call("GET", "/v1/tokens", { token: ADMIN_TOKEN })).status).toBe(401);
    expect((await bare.call("GET", "/v1/tokens", { token: "null" })).status).toBe(401);
  });
});

describe("the comparison of secrets", () => {
  it("tells equal from different, whatever the lengths", async () => {
    expect(await secretsEqual("secret", "secret")).toBe(true);
    expect(await secretsEqual("secret", "secreT")).toBe(false);
    expect(await secretsEqual("secret", "secrets")).toBe(false);
    expect(await secretsEqual("", "s")).toBe(false);
  });

  it("does not take an IPv4-mapped public address for a local one", () => {
    const from = (address: string) =>
      new Request("http://localhost/", { headers: { "cf-connecting-ip": address } });
    expect(isLoopback(from("::ffff:127.0.0.1"))).toBe(true);
    expect(isLoopback(from("::ffff:203.0.113.7"))).toBe(false);
  });
});
