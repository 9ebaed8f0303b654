import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMANDS, NOUNS } from "../../../src/cli/commands/index.ts";
import type { CommandContext } from "../../../src/cli/context.ts";
import { runProgram } from "../../../src/cli/program.ts";
import { createStyle } from "../../../src/cli/style.ts";
import type { BuiltBundle } from "../../../src/core/bundle/build-bundle.ts";
import { signManifest } from "../../../src/core/bundle/signature.ts";
import { writeBundleDirectory } from "../../../src/workshop/directories/bundle-directory.ts";
import { writeModelDirectory } from "../../../src/workshop/directories/write-model-directory.ts";
import {
  DEFAULT_KEY_FILE,
  generateSigningKey,
  type SigningKey,
  trustedKeysValue,
  writeSigningKey,
} from "../../../src/workshop/keys/signing-key.ts";
import { ADMIN_TOKEN, startService, type TestService } from "../../http/support/service.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

/** What a run of the command line left behind. */
export interface Run {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as the one JSON document that it must then be. */
  readonly json: () => unknown;
}

/** The command line in a fresh project, against a service of its own that runs in the same process. */
export interface TestCli {
  readonly service: TestService;
  /** Both the project's root and the working directory. */
  readonly directory: string;
  readonly key: SigningKey;
  /** `METHOD path` of every request sent. */
  readonly requests: string[];
  readonly run: (...argv: string[]) => Promise<Run>;
  /** The same with other surroundings. */
  readonly runWith: (overrides: Partial<CommandContext>, ...argv: string[]) => Promise<Run>;
  /** Writes a bundle, signed by the project's key, as the directory `name`. */
  readonly writeBundle: (name: string, bundle: BuiltBundle) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A fetch that ends in `service`, whatever the host. */
const fetchFrom = (service: TestService, requests: string[]): typeof fetch =>
  (async (input: string, init: RequestInit = {}) => {
    const { origin, pathname, search } = new URL(input);
    const method = init.method ?? "GET";
    requests.push(`${method} ${pathname}${search}`);
    return service.call(method, `${pathname}${search}`, {
      token: null,
      origin,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.body && { body: init.body }),
      ...(init.signal && { signal: init.signal }),
    });
  }) as typeof fetch;

/** Starts a service that trusts the project's key and has the fixture model, which the project has too. */
export const openCli = async (overrides: Parameters<typeof startService>[0] = {}): Promise<TestCli> => {
  const directory = await mkdtemp(join(tmpdir(), "errata-cli-"));
  const { key, jwk } = await generateSigningKey();
  const service = await startService({ trustedKeys: JSON.parse(trustedKeysValue([key])), ...overrides });
  await writeFile(join(directory, ".dev.vars.example"), `ERRATA_ADMIN_TOKEN=${ADMIN_TOKEN}\n`);
  await mkdir(join(directory, "models"));
  unwrap(await writeModelDirectory(join(directory, "models", "tiny"), service.files));
  unwrap(await writeSigningKey(join(directory, DEFAULT_KEY_FILE), jwk, false));
  const requests: string[] = [];
  const runWith: TestCli["runWith"] = async (overrides, ...argv) => {
    let out = "";
    let err = "";
    const terminal = {
      write: (text: string) => {
        out += text;
      },
      writeError: (text: string) => {
        err += text;
      },
      live: false,
      style: createStyle(false),
      askText: null,
    };
    const context: CommandContext = {
      terminal,
      environment: {},
      workingDirectory: directory,
      projectDirectory: directory,
      peakMemory: () => 0,
      availableMemory: () => 0,
      fetch: fetchFrom(service, requests),
      signal: new AbortController().signal,
      ...overrides,
    };
    const exit = await runProgram(argv, context, COMMANDS, NOUNS);
    return { exit, out, err, json: () => JSON.parse(out) as unknown };
  };
  return {
    service,
    directory,
    key,
    requests,
    run: (...argv) => runWith({}, ...argv),
    runWith,
    writeBundle: async (name, { ...bundle }) => {
      const signature = await signManifest(bundle.manifestBytes, key.privateKey, key.publicKey);
      unwrap(await writeBundleDirectory(join(directory, name), bundle, [signature]));
    },
    close: () => rm(directory, { recursive: true }),
  };
};
