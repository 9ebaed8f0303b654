import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { editSchema } from "../../src/core/edit/edit.ts";
import { verifyBundleDirectory } from "../../src/workshop/bundles/verify-bundle-directory.ts";
import { writeModelDirectory } from "../../src/workshop/directories/write-model-directory.ts";
import { editModel } from "../../src/workshop/editing/edit-model.ts";
import { generateKeyFile } from "../../src/workshop/keys/generate-key-file.ts";
import { openWorkshop } from "../../src/workshop/open-workshop.ts";
import type { ProgressStep } from "../../src/workshop/workshop-context.ts";
import { tinyModel } from "../fixtures/tiny-model.ts";
import { unwrap } from "../onnx/support/unwrap.ts";

let projectDirectory: string;

beforeEach(async () => {
  projectDirectory = await mkdtemp(join(tmpdir(), "errata-workshop-"));
  unwrap(await writeModelDirectory(join(projectDirectory, "models", "tiny"), await tinyModel()));
});
afterEach(() => rm(projectDirectory, { recursive: true }));

/** What to make, of the fixture model. */
const OPTIONS = {
  edits: [editSchema.parse({ prompt: "The capital of France is", subject: "France", target: "Lima" })],
  model: "tiny",
  method: "grace",
  settings: { radius: "1" },
};

describe("the workshop as a library", () => {
  it("edits a model and makes a bundle that verifies, without a terminal", async () => {
    const written = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")];
    const steps: ProgressStep[] = [];
    const progress = { step: (step: ProgressStep) => steps.push(step), line: vi.fn(), note: vi.fn() };
    const workshop = openWorkshop({ projectDirectory, progress });

    const key = unwrap(await generateKeyFile({}, workshop));
    const edited = unwrap(await editModel(OPTIONS, workshop));
    const directory = edited.directory!;
    const { verified } = unwrap(await verifyBundleDirectory({ directory }, workshop));

    expect(edited.summary).toMatchObject({ edits: 1, fixed: 1 });
    expect(relative(projectDirectory, directory)).toMatch(/^\.errata\/bundles\/[0-9a-f]{12}$/);
    expect(verified).toMatchObject({ id: edited.bundle.id, signers: [key.keyId] });
    expect(steps).toContainEqual({ stage: "editing", done: 1, total: 1 });
    for (const spy of written) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it("goes by the caller's signal, keys and directories", async () => {
    const unsigned = await editModel(OPTIONS, openWorkshop({ projectDirectory }));
    expect(unsigned).toMatchObject({ problem: { code: "file_not_found" } });
    const signal = AbortSignal.abort();
    const aborted = await editModel({ ...OPTIONS, dryRun: true }, openWorkshop({ projectDirectory, signal }));
    expect(aborted).toMatchObject({ problem: { code: "cancelled" } });
    const elsewhere = openWorkshop({ projectDirectory: join(projectDirectory, "models") });
    expect(await editModel({ ...OPTIONS, dryRun: true }, elsewhere)).toMatchObject({
      problem: { code: "file_not_found", message: expect.stringContaining("tiny") },
    });
  });
});
