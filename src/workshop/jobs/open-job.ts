import { rm } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import { type Digest, digestOf, digestOfText, hexDigits } from "../../core/digest.ts";
import type { Edit } from "../../core/edit/edit.ts";
import { readBytesIfPresent } from "../directories/files.ts";
import type { ModelDirectory } from "../directories/model-directory.ts";
import type { OpenModel } from "../models/open-model.ts";
import { CORPUS_FILE } from "../statistics/open-corpus.ts";
import type { WorkshopContext } from "../workshop-context.ts";
import { type JobStore, openJobStore } from "./job-store.ts";

/** Where unfinished jobs are kept, in the project's directory. */
export const JOBS_DIRECTORY = join(".errata", "jobs");

/** Digits of a digest in a directory's name. */
const SHORT_DIGEST = 16;

/** Everything that determines the patches of a job. */
export interface JobParts {
  readonly files: ModelDirectory;
  readonly probes: OpenModel["probes"];
  readonly method: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  /** The parent bundle's id. */
  readonly parent: string | null;
  readonly edits: readonly Edit[];
}

const digestOfJob = async (parts: JobParts): Promise<Digest> => {
  const { files, probes, method, settings, seed, parent, edits } = parts;
  const corpus = await readBytesIfPresent(join(files.directory, CORPUS_FILE));
  return digestOfText(
    JSON.stringify({
      probes,
      method,
      settings: Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)),
      seed,
      parent,
      edits,
      version: packageJson.version,
      // In full, as the model's digest says nothing of its calibration.
      model: files.model,
      corpus: corpus && (await digestOf(corpus)),
    }),
  );
};

/** Opens the job with these parts, with what an interrupted run of it left, or with nothing where `fresh`. */
export const openJob = async (
  parts: JobParts,
  fresh: boolean,
  { projectDirectory }: Pick<WorkshopContext, "projectDirectory">,
): Promise<JobStore> => {
  const digest = await digestOfJob(parts);
  const name = hexDigits(digest).slice(0, SHORT_DIGEST);
  const directory = join(projectDirectory, JOBS_DIRECTORY, name);
  if (fresh) await rm(directory, { recursive: true, force: true });
  return openJobStore(directory);
};
