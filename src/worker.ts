import type { OpenAPIHono } from "@hono/zod-openapi";
import { kernels } from "../wasm/kernels.ts";
import { parseTrustedKeys } from "./core/bundle/trusted-keys.ts";
import { ProblemError } from "./core/problem.ts";
import { createWorkerdBackend, WORKERD } from "./engine/backends/workerd/workerd-backend.ts";
import { createEngine } from "./engine/engine.ts";
import { createApp } from "./http/app.ts";
import type { ServiceEnv } from "./http/context.ts";
import { toErrorResponse } from "./http/errors.ts";
import type { ServiceDependencies } from "./service/dependencies.ts";
import { createD1Stores } from "./store/d1/d1-stores.ts";

/** Bindings and settings of the Worker, as `wrangler.toml` and `.dev.vars` declare them. */
export interface WorkerBindings {
  readonly DB: D1Database;
  readonly BLOBS: R2Bucket;
  readonly TRUSTED_KEYS: string;
  readonly DEFAULT_MODEL: string;
  readonly DEFAULT_CHANNEL: string;
  /** The token of local work; never set in a deployment, and refused there. */
  readonly ERRATA_ADMIN_TOKEN?: string;
}

const openEngine: ServiceDependencies["openEngine"] = async (model, { tokenizer, ...files }) =>
  createEngine({
    model,
    ...files,
    kernels,
    tokenizerJson: new TextDecoder().decode(tokenizer),
    backend: await createWorkerdBackend(),
    now: () => performance.now(),
  });

const wire = async (env: WorkerBindings): Promise<OpenAPIHono<ServiceEnv>> => {
  const trustedKeys = await parseTrustedKeys(env.TRUSTED_KEYS);
  if (!trustedKeys.ok) throw new ProblemError(trustedKeys.problem);
  return createApp({
    stores: createD1Stores(env.DB, env.BLOBS),
    backend: WORKERD,
    openEngine,
    trustedKeys: trustedKeys.value,
    defaults: { model: env.DEFAULT_MODEL, channel: env.DEFAULT_CHANNEL },
    adminToken: env.ERRATA_ADMIN_TOKEN || null,
    now: () => new Date(),
    clock: () => performance.now(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    log: (message, error) => console.error(message, error),
  });
};

/** The app of this isolate, wired by its first request; settings do not change while it lives. */
let app: Promise<OpenAPIHono<ServiceEnv>> | undefined;

/** The edge service. A malformed setting answers every request with the reason. */
export default {
  async fetch(request, env, context) {
    try {
      app ??= wire(env);
      return await (await app).fetch(request, env, context);
    } catch (error) {
      if (error instanceof ProblemError) return toErrorResponse(error.problem);
      throw error;
    }
  },
} satisfies ExportedHandler<WorkerBindings>;
