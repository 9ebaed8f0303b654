import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateSigningKey, trustedKeysValue } from "../../../src/workshop/keys/signing-key.ts";
import { bundleOfEdits, FRANCE } from "../support/bundles.ts";
import { openCli, type TestCli } from "../support/cli.ts";

let cli: TestCli;
let id: string;

beforeEach(async () => {
  cli = await openCli();
  const bundle = await bundleOfEdits(cli.service, [FRANCE]);
  id = bundle.id;
  await cli.writeBundle("bundle", bundle);
});
afterEach(() => cli.close());

describe("errata verify", () => {
  it("verifies with the project's own key, without a service", async () => {
    const { exit, json } = await cli.run("verify", "bundle", "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({ status: "verified", id, signers: [cli.key.keyId] });
    expect(cli.requests).toEqual([]);
  });

  it("trusts the keys of TRUSTED_KEYS in .dev.vars", async () => {
    const path = join(cli.directory, ".errata", "signing-key.json");
    await writeFile(join(cli.directory, ".dev.vars"), `TRUSTED_KEYS='${trustedKeysValue([cli.key])}'\n`);
    await writeFile(path, JSON.stringify((await generateSigningKey()).jwk));
    expect((await cli.run("verify", "bundle")).exit).toBe(0);
  });

  it("refuses a signer that is not among the keys given", async () => {
    const { key } = await generateSigningKey();
    const { exit, err } = await cli.run("verify", "bundle", "--trusted", trustedKeysValue([key]));
    expect(exit).toBe(5);
    expect(err).toContain(cli.key.keyId);
    expect(err).toContain("next: ");
  });

  it("refuses a manifest that was changed after signing", async () => {
    const path = join(cli.directory, "bundle", "manifest.json");
    const bundle = await bundleOfEdits(cli.service, [{ ...FRANCE, target: " Rome" }]);
    await writeFile(path, bundle.manifestBytes);
    const { exit, json } = await cli.run("verify", "bundle", "--json");
    expect(exit).toBe(5);
    expect(json()).toMatchObject({ error: { code: "signature_invalid" } });
  });

  it("refuses a TRUSTED_KEYS value that is none", async () => {
    const { exit, json } = await cli.run("verify", "bundle", "--trusted", "nonsense", "--json");
    expect(exit).toBe(2);
    expect(json()).toMatchObject({ error: { code: "invalid_request", param: "TRUSTED_KEYS" } });
  });
});
