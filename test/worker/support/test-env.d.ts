/** What vitest.config.ts adds to the Worker's own bindings. */
declare namespace Cloudflare {
  interface Env {
    /** Files of the repository and generated fixtures, by path. */
    readonly FILES: Fetcher;
  }
}
