import type { TrustedKeys } from "../core/bundle/signature.ts";
import type { ModelFiles } from "../core/model/prepared-files.ts";
import type { PreparedModel } from "../core/model/prepared-model.ts";
import type { Result } from "../core/result.ts";
import type { BackendTraits } from "../engine/backends/backend.ts";
import type { Engine } from "../engine/engine.ts";
import type { Stores } from "../store/ports.ts";
import type { ReferenceDefaults } from "./model-reference.ts";

/** What the service needs from outside: ports, settings, and everything that is not a pure function. */
export interface ServiceDependencies {
  readonly stores: Stores;
  /** What the engines run on. */
  readonly backend: BackendTraits;
  /** Makes an engine of a base model's files; called once an isolate for each model. */
  readonly openEngine: (model: PreparedModel, files: ModelFiles) => Promise<Result<Engine>>;
  /** Public keys whose bundles are accepted and served. */
  readonly trustedKeys: TrustedKeys;
  readonly defaults: ReferenceDefaults;
  /** The token of local work, or null where there is none. */
  readonly adminToken: string | null;
  /** Wall-clock time, for records. */
  readonly now: () => Date;
  /** Milliseconds from any origin, for durations. */
  readonly clock: () => number;
  /** Unpredictable bytes, for tokens, ids and seeds. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly log: (message: string, error: unknown) => void;
}
