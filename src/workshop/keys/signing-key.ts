import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { encodeBase64 } from "../../core/base64.ts";
import { keyIdOf, PUBLIC_KEY_BYTES } from "../../core/bundle/signature.ts";
import { type Problem, problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { parseJson, readBytes } from "../directories/files.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Where keys are kept unless told otherwise, from the project's root; git ignores the directory. */
export const DEFAULT_KEY_FILE = ".errata/signing-key.json";

/** The path of a key file: the one named, else the project's own. */
export const keyFileOf = (
  named: string | undefined,
  { workingDirectory, projectDirectory }: Pick<WorkshopContext, "workingDirectory" | "projectDirectory">,
): string =>
  named === undefined ? join(projectDirectory, DEFAULT_KEY_FILE) : resolve(workingDirectory, named);

/** Only the owner may read or write a private key. */
const KEY_FILE_MODE = 0o600;
const KEY_DIRECTORY_MODE = 0o700;

/** An Ed25519 key pair that signs bundles. */
export interface SigningKey {
  /** `keyIdOf` the public key. */
  readonly keyId: string;
  readonly privateKey: CryptoKey;
  /** 32 raw bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

/** The file's form: a private JWK (RFC 8037), with the key id as `kid`. */
const jwkSchema = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  kid: z.string(),
  x: z.base64url(),
  d: z.base64url(),
});

const rawPublicKey = (x: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(x, "base64url"));

const importKey = async (jwk: z.infer<typeof jwkSchema>): Promise<SigningKey> => {
  const { kty, crv, x, d } = jwk;
  const privateKey = await crypto.subtle.importKey("jwk", { kty, crv, x, d }, "Ed25519", false, ["sign"]);
  const publicKey = rawPublicKey(x);
  return { keyId: await keyIdOf(publicKey), privateKey, publicKey };
};

/** A new key, and the private JWK to keep it as. */
export const generateSigningKey = async (): Promise<{
  readonly key: SigningKey;
  readonly jwk: z.infer<typeof jwkSchema>;
}> => {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const { x = "", d = "" } = (await crypto.subtle.exportKey("jwk", pair.privateKey)) as JsonWebKey;
  const kid = await keyIdOf(rawPublicKey(x));
  const jwk = { kty: "OKP", crv: "Ed25519", kid, x, d } as const;
  return { key: await importKey(jwk), jwk };
};

/**
 * Writes a key file that only its owner can read.
 *
 * Errors: `invalid_request` where there is a file already and `force` is not set, as bundles signed by a lost
 * key can never be signed again.
 */
export const writeSigningKey = async (
  path: string,
  jwk: z.infer<typeof jwkSchema>,
  force: boolean,
): Promise<Result<null>> => {
  await mkdir(dirname(path), { recursive: true, mode: KEY_DIRECTORY_MODE });
  try {
    // With wx the check and the write are one step: two commands at once cannot overwrite each other's key.
    const flag = force ? "w" : "wx";
    await writeFile(path, `${JSON.stringify(jwk, null, 2)}\n`, { mode: KEY_FILE_MODE, flag });
    return ok(null);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return fail(keyFileExists(path));
    throw cause;
  }
};

/** The refusal to overwrite a key. */
export const keyFileExists = (path: string): Problem =>
  problem(
    "invalid_request",
    `${path} holds a key already. Give --force to replace it, or --out another file.`,
    {
      param: "--out",
    },
  );

const malformed = (path: string, fault: string): Problem =>
  problem("invalid_request", `${path} is no signing key: ${fault}. Make one with: errata keys generate`, {
    param: path,
  });

/** Reads a key file. Errors: `file_not_found`; `invalid_request` where it holds no Ed25519 private key. */
export const readSigningKey = async (path: string): Promise<Result<SigningKey>> => {
  const bytes = await readBytes(path, "a signing key (errata keys generate makes one)");
  if (!bytes.ok) return bytes;
  const json = parseJson(bytes.value, "invalid_request", path);
  if (!json.ok) return json;
  const parsed = jwkSchema.safeParse(json.value);
  if (!parsed.success) return fail(malformed(path, "expected a private Ed25519 JWK"));
  if (rawPublicKey(parsed.data.x).length !== PUBLIC_KEY_BYTES)
    return fail(malformed(path, `its public key is not ${PUBLIC_KEY_BYTES} bytes`));
  try {
    return ok(await importKey(parsed.data));
  } catch {
    return fail(malformed(path, "its two halves do not make an Ed25519 key"));
  }
};

/** Reads the key file named, else the project's own. Errors: as `readSigningKey`. */
export const readSigningKeyOf = (
  named: string | undefined,
  context: Pick<WorkshopContext, "workingDirectory" | "projectDirectory">,
): Promise<Result<SigningKey>> => readSigningKey(keyFileOf(named, context));

/** The value of `TRUSTED_KEYS` that trusts exactly these keys. */
export const trustedKeysValue = (keys: readonly Pick<SigningKey, "keyId" | "publicKey">[]): string =>
  JSON.stringify(Object.fromEntries(keys.map(({ keyId, publicKey }) => [keyId, encodeBase64(publicKey)])));
