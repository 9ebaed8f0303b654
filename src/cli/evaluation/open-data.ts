import { problem } from "../../core/problem.ts";
import { fail, type Result } from "../../core/result.ts";
import type { EvaluationData } from "../../eval/case.ts";
import { GENERATED_DATA, openGeneratedData } from "../../eval/data/generated.ts";

/**
 * The benchmark that `--data` names.
 *
 * Errors: `unsupported_value` where there is none of that name; those of the benchmark.
 */
export const openData = (name: string, seed: number): Result<EvaluationData> =>
  openGeneratedData(name, seed) ??
  fail(
    problem("unsupported_value", `There is no benchmark "${name}"; there is: ${GENERATED_DATA.join(", ")}.`, {
      param: "--data",
    }),
  );
