import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateSigningKey, trustedKeysValue, writeSigningKey } from "../keys/signing-key.ts";

/** Bytes of the token that lets the demo, and nobody else, into its service. */
const TOKEN_BYTES = 24;
/** Only the owner may read the token. */
const SECRET_FILE_MODE = 0o600;

/** The files of one demo, in a folder of its own that goes with it. */
export interface DemoWorkplace {
  readonly token: string;
  /** Holds the token for the service. */
  readonly environmentFile: string;
  /** The service's settings: the trusted key, the default model. */
  readonly variables: Readonly<Record<string, string>>;
  readonly keyFile: string;
  readonly persistDirectory: string;
  readonly bundleDirectory: string;
  readonly remove: () => Promise<void>;
}

/** Makes the folder with a key pair and a token that live as long as the demo, for a service of `model`. */
export const createDemoWorkplace = async (model: string): Promise<DemoWorkplace> => {
  const directory = await mkdtemp(join(tmpdir(), "errata-demo-"));
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const { key, jwk } = await generateSigningKey();
  const keyFile = join(directory, "signing-key.json");
  await writeSigningKey(keyFile, jwk, false);
  const environmentFile = join(directory, "service.env");
  await writeFile(environmentFile, `ERRATA_ADMIN_TOKEN=${token}\n`, { mode: SECRET_FILE_MODE });
  return {
    token,
    environmentFile,
    variables: { TRUSTED_KEYS: trustedKeysValue([key]), DEFAULT_MODEL: model },
    keyFile,
    persistDirectory: join(directory, "state"),
    bundleDirectory: join(directory, "bundle"),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
};
