import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { signManifest, verifySignatures } from "../../../../src/core/bundle/signature.ts";
import { readSigningKey } from "../../../../src/workshop/keys/signing-key.ts";
import { unwrap } from "../../../onnx/support/unwrap.ts";
import { openCli, type TestCli } from "../../support/cli.ts";

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

describe("errata keys generate", () => {
  it("writes a key that only its owner can read and whose signatures the printed value trusts", async () => {
    const { exit, json } = await cli.run("keys", "generate", "--out", "new.json", "--json");
    expect(exit).toBe(0);
    const { keyId, path, trustedKeys } = json() as Record<"keyId" | "path" | "trustedKeys", string>;
    expect(path).toBe(join(cli.directory, "new.json"));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const key = unwrap(await readSigningKey(path));
    const message = new TextEncoder().encode("manifest");
    const signature = await signManifest(message, key.privateKey, key.publicKey);
    expect(unwrap(await verifySignatures(message, [signature], JSON.parse(trustedKeys)))).toEqual([keyId]);
  });

  it("does not replace a key without --force", async () => {
    const path = join(cli.directory, ".errata", "signing-key.json");
    const before = await readFile(path, "utf8");
    const refused = await cli.run("keys", "generate");
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain("holds a key already");
    expect((await cli.run("keys", "generate", "--dry-run")).exit).toBe(2);
    expect((await cli.run("keys", "generate", "--dry-run", "--force")).exit).toBe(0);
    expect(await readFile(path, "utf8")).toBe(before);
    expect((await cli.run("keys", "generate", "--force")).exit).toBe(0);
    expect(await readFile(path, "utf8")).not.toBe(before);
  });

  it("never prints the private half", async () => {
    const { out } = await cli.run("keys", "generate", "--out", "new.json");
    const { d } = JSON.parse(await readFile(join(cli.directory, "new.json"), "utf8")) as { d: string };
    expect(d).toHaveLength(43);
    expect(out).not.toContain(d);
    expect(out).toMatch(/^TRUSTED_KEYS='\{"[0-9a-f]{16}":"[A-Za-z0-9+/]{43}="\}'$/m);
  });
});
