import { basename, extname, resolve } from "node:path";
import { problem } from "../../core/problem.ts";
import { fail, type Result } from "../../core/result.ts";
import type { EvaluationData } from "../../eval/case.ts";
import { GENERATED_DATA, openGeneratedData } from "../../eval/data/generated.ts";
import { readDataFile } from "../../eval/data/read-data-file.ts";
import { readBytesIfPresent } from "../directories/files.ts";
import type { WorkshopContext } from "../workshop-context.ts";

/** Which benchmark, and how to read it. */
export interface DataOptions {
  /** A benchmark's name, or a file. */
  readonly data: string;
  readonly seed: number;
  readonly skipInvalid: boolean;
}

/**
 * The benchmark that `--data` names: a generated one by its name, else a file.
 *
 * Errors: `unsupported_value` where it is neither; those of the benchmark.
 */
export const openData = async (
  { data, seed, skipInvalid }: DataOptions,
  context: Pick<WorkshopContext, "workingDirectory">,
): Promise<Result<EvaluationData>> => {
  const generated = openGeneratedData(data, seed);
  if (generated !== undefined) return generated;
  const bytes = await readBytesIfPresent(resolve(context.workingDirectory, data));
  if (bytes !== null) {
    const name = basename(data, extname(data));
    return readDataFile({ path: data, name, text: new TextDecoder().decode(bytes) }, skipInvalid);
  }
  const message = `"${data}" is neither a file nor a benchmark; benchmarks: ${GENERATED_DATA.join(", ")}.`;
  return fail(problem("unsupported_value", message, { param: "--data" }));
};
