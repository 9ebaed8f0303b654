import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "../../../src/core/base64.ts";
import {
  keyIdOf,
  preAuthenticationEncoding,
  signatureSchema,
  signManifest,
  verifySignatures,
} from "../../../src/core/bundle/signature.ts";
import { parseTrustedKeys } from "../../../src/core/bundle/trusted-keys.ts";
import { generateSigner, type Signer } from "../support/sample-bundle.ts";

const bytes = new TextEncoder().encode('{"format":1}');

/** The same signature with one bit changed. */
const flipped = (signature: string): string => {
  const raw = decodeBase64(signature)!;
  raw[10]! ^= 1;
  return encodeBase64(raw);
};

const twoSigners = (): Promise<[Signer, Signer]> => Promise.all([generateSigner(), generateSigner()]);

describe("signatures", () => {
  it("encode what is signed as DSSE's own example does", () => {
    const encoded = preAuthenticationEncoding(
      "http://example.com/HelloWorld",
      new TextEncoder().encode("hello world"),
    );
    expect(new TextDecoder().decode(encoded)).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  });

  it("fit the bytes that were signed, by the trusted key that signed them", async () => {
    const signer = await generateSigner();
    const signature = await signer.sign(bytes);
    expect(signatureSchema.safeParse(signature).success).toBe(true);
    expect(await verifySignatures(bytes, [signature], signer.trusted)).toEqual({
      ok: true,
      value: [signer.keyId],
    });
  });

  it("accept the first test key of RFC 8032, under the first 16 digits of its sha256", async () => {
    const seed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
    const raw = Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex");
    const header = Buffer.from("302e020100300506032b657004220420", "hex");
    const key = await crypto.subtle.importKey("pkcs8", Buffer.concat([header, seed]), "Ed25519", true, [
      "sign",
    ]);
    const signature = await signManifest(bytes, key, raw);
    expect(signature.keyId).toBe("21fe31dfa154a261");
    expect(await verifySignatures(bytes, [signature], { [signature.keyId]: raw.toString("base64") })).toEqual(
      {
        ok: true,
        value: ["21fe31dfa154a261"],
      },
    );
  });

  it("refuse a bundle that carries none", async () => {
    const { trusted } = await generateSigner();
    expect(await verifySignatures(bytes, [], trusted)).toMatchObject({
      problem: { code: "signature_missing" },
    });
  });

  it("refuse changed bytes and a changed signature", async () => {
    const signer = await generateSigner();
    const signature = await signer.sign(bytes);
    const changed = bytes.slice();
    changed[0]! ^= 1;
    expect(await verifySignatures(changed, [signature], signer.trusted)).toMatchObject({
      problem: { code: "signature_invalid", detail: { keyId: signer.keyId } },
    });
    const bent = { ...signature, signature: flipped(signature.signature) };
    expect(await verifySignatures(bytes, [bent], signer.trusted)).toMatchObject({
      problem: { code: "signature_invalid" },
    });
  });

  it("refuse a signature over the bare bytes, without the encoding", async () => {
    const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
    const raw = new Uint8Array((await crypto.subtle.exportKey("raw", pair.publicKey)) as ArrayBuffer);
    const bare = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, bytes));
    const keyId = await keyIdOf(raw);
    const signatures = [{ keyId, signature: encodeBase64(bare) }];
    expect(await verifySignatures(bytes, signatures, { [keyId]: encodeBase64(raw) })).toMatchObject({
      problem: { code: "signature_invalid" },
    });
  });

  it("refuse a stranger's signature, also under a trusted key's id", async () => {
    const [trusted, stranger] = await twoSigners();
    const signature = await stranger.sign(bytes);
    expect(await verifySignatures(bytes, [signature], trusted.trusted)).toMatchObject({
      problem: { code: "signer_not_trusted", detail: { keyIds: [stranger.keyId] } },
    });
    const posing = { ...signature, keyId: trusted.keyId };
    expect(await verifySignatures(bytes, [posing], trusted.trusted)).toMatchObject({
      problem: { code: "signature_invalid" },
    });
    expect(
      await verifySignatures(bytes, [{ ...signature, keyId: "toString" }], trusted.trusted),
    ).toMatchObject({
      problem: { code: "signer_not_trusted" },
    });
  });

  it("pass over strangers beside a trusted signature, but no bad signature of a trusted key", async () => {
    const [one, stranger] = await twoSigners();
    const good = await one.sign(bytes);
    const strange = await stranger.sign(bytes);
    expect(await verifySignatures(bytes, [strange, good], one.trusted)).toEqual({
      ok: true,
      value: [one.keyId],
    });
    const both = { ...one.trusted, ...stranger.trusted };
    const bad = { ...strange, signature: flipped(strange.signature) };
    expect(await verifySignatures(bytes, [good, bad], both)).toMatchObject({
      problem: { code: "signature_invalid", detail: { keyId: stranger.keyId } },
    });
  });
});

describe("parseTrustedKeys", () => {
  it("reads what the setting holds", async () => {
    const { trusted } = await generateSigner();
    expect(await parseTrustedKeys(JSON.stringify(trusted))).toEqual({ ok: true, value: trusted });
    expect(await parseTrustedKeys("{}")).toEqual({ ok: true, value: {} });
  });

  it("refuses what is not JSON, not strings, not a key, or a key under another's id", async () => {
    const [one, two] = await twoSigners();
    const crossed = { [one.keyId]: two.trusted[two.keyId] };
    const settings = ["{", "[1]", '{"a":1}', `{"${one.keyId}":"AAAA"}`, JSON.stringify(crossed)];
    for (const setting of settings)
      expect(await parseTrustedKeys(setting)).toMatchObject({
        ok: false,
        problem: { code: "invalid_request", param: "TRUSTED_KEYS" },
      });
  });
});
