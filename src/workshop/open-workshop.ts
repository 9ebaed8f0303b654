import { join } from "node:path";
import { SILENT, type WorkshopContext } from "./workshop-context.ts";

/** `process.resourceUsage` counts in kibibytes. */
const BYTES_PER_KIBIBYTE = 1024;

/**
 * The workshop in this process and in this project; nobody is told of progress and nothing ends the work early, unless
 * `overrides` say so.
 *
 * @example A correction as a signed bundle that a service would accept
 * ```ts
 * import { mkdtemp, rm } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { editSchema } from "./src/core/edit/edit.ts";
 * import { verifyBundleDirectory } from "./src/workshop/bundles/verify-bundle-directory.ts";
 * import { editModel } from "./src/workshop/editing/edit-model.ts";
 * import { generateKeyFile } from "./src/workshop/keys/generate-key-file.ts";
 * import { openWorkshop } from "./src/workshop/open-workshop.ts";
 *
 * const projectDirectory = await mkdtemp(join(tmpdir(), "errata-"));
 * const workshop = openWorkshop({ projectDirectory });
 * await generateKeyFile({}, workshop);
 *
 * const edit = editSchema.parse({ prompt: "The capital of Australia is", target: "Canberra" });
 * const edited = await editModel({ edits: [edit], model: "models/world", method: "grace" }, workshop);
 * if (!edited.ok) throw new Error(edited.problem.message);
 * const { bundle, directory, measured } = edited.value;
 * const { before, after } = measured.edits[0]!.answers[0]!;
 * console.log(before.trim(), "->", after.trim()); // => Sydney -> Canberra
 *
 * const checked = await verifyBundleDirectory({ directory: directory!, model: "models/world" }, workshop);
 * if (!checked.ok) throw new Error(checked.problem.message);
 * console.log(checked.value.verified.id === bundle.id); // => true
 * await rm(projectDirectory, { recursive: true });
 * ```
 */
export const openWorkshop = (overrides: Partial<WorkshopContext> = {}): WorkshopContext => ({
  projectDirectory: join(import.meta.dirname, "..", ".."),
  workingDirectory: process.cwd(),
  environment: process.env,
  fetch: globalThis.fetch,
  now: () => performance.now(),
  peakMemory: () => process.resourceUsage().maxRSS * BYTES_PER_KIBIBYTE,
  availableMemory: () => process.availableMemory(),
  progress: SILENT,
  signal: new AbortController().signal,
  ...overrides,
});
