import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { generatedModels } from "./test/worker/support/generated-models.ts";
import { serveFiles } from "./test/worker/support/node-files.ts";

/** Tests that must run inside workerd, with D1 and R2; everything else runs in Node. */
const WORKERD_TESTS = ["test/worker/**/*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: WORKERD_TESTS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: { TEST_MIGRATIONS: await readD1Migrations("./migrations") },
              serviceBindings: { FILES: serveFiles(generatedModels) },
            },
          })),
        ],
        test: { name: "workerd", include: WORKERD_TESTS, testTimeout: 60_000, hookTimeout: 60_000 },
      },
    ],
  },
});
