import { problem } from "../core/problem.ts";
import { fail, ok, type Result } from "../core/result.ts";
import { alphaedit } from "./alphaedit/alphaedit.ts";
import { caliNet } from "./calinet/calinet.ts";
import { grace } from "./grace/grace.ts";
import { kn } from "./kn/kn.ts";
import { memit } from "./memit/memit.ts";
import type { EditMethod } from "./method.ts";
import { rome } from "./rome/rome.ts";
import { tPatcher } from "./t-patcher/t-patcher.ts";

/** Every editing method. A new one is a folder beside this file and a line here. */
export const METHODS: readonly EditMethod[] = [grace, tPatcher, caliNet, kn, rome, memit, alphaedit];

/**
 * The method of that name. Errors: `unsupported_value`, with the names there are.
 *
 * @example `world` says Sydney; GRACE's patch makes it say Canberra
 * ```ts
 * import { editSchema } from "./src/core/edit/edit.ts";
 * import { composePatchSet } from "./src/core/patch/compose.ts";
 * import { findMethod } from "./src/edit/methods.ts";
 * import { PLAIN_WORKBENCH } from "./src/edit/workbench.ts";
 * import { createNodeBackend } from "./src/engine/backends/node/node-backend.ts";
 * import { createEngine } from "./src/engine/engine.ts";
 * import { readModel } from "./src/onnx/read-model.ts";
 * import { readModelDirectory } from "./src/workshop/directories/model-directory.ts";
 * import { loadKernels } from "./wasm/load-kernels.ts";
 *
 * const files = await readModelDirectory("models/world");
 * if (!files.ok) throw new Error(files.problem.message);
 * const { model, weights, tokenizer } = files.value;
 * const graph = readModel(files.value.graph, () => weights);
 * if (!graph.ok) throw new Error(graph.problem.message);
 * const engine = await createEngine({
 *   ...files.value,
 *   tokenizerJson: new TextDecoder().decode(tokenizer),
 *   kernels: await loadKernels(),
 *   backend: await createNodeBackend(),
 *   now: () => performance.now(),
 * });
 * if (!engine.ok) throw new Error(engine.problem.message);
 *
 * const method = findMethod("grace");
 * if (!method.ok) throw new Error(method.problem.message);
 * const edit = editSchema.parse({ prompt: "The capital of Australia is", target: "Canberra" });
 * const outcome = await method.value.apply([edit], {}, {
 *   model,
 *   engine: engine.value,
 *   graph: graph.value,
 *   probes: [],
 *   loadSecondMoment: () => Promise.reject(new Error("GRACE needs no statistics")),
 *   parent: { edits: [], patches: [] },
 *   workbench: PLAIN_WORKBENCH,
 *   onProgress: () => undefined,
 * });
 * if (!outcome.ok) throw new Error(outcome.problem.message);
 * const patches = composePatchSet("example", outcome.value.patches, model);
 * if (!patches.ok) throw new Error(patches.problem.message);
 *
 * const score = await engine.value.score("The capital of Australia is", " Canberra", patches.value);
 * console.log(score.ok && score.value.greedy.every((most) => most)); // => true
 * console.log(outcome.value.patches.map(({ kind }) => kind)); // => [ 'codebook' ]
 * await engine.value.release();
 * ```
 */
export const findMethod = (name: string): Result<EditMethod> => {
  const method = METHODS.find((candidate) => candidate.name === name);
  if (method) return ok(method);
  const names = METHODS.map((candidate) => candidate.name).join(", ");
  return fail(
    problem("unsupported_value", `There is no method "${name}"; there is: ${names}.`, { param: "method" }),
  );
};
