import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildBundle } from "../../../src/core/bundle/build-bundle.ts";
import type { Edit } from "../../../src/core/edit/edit.ts";
import type { PreparedModel } from "../../../src/core/model/prepared-model.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { residentValues } from "../../../src/core/patch/patch-values.ts";
import { grace } from "../../../src/edit/grace/grace.ts";
import { PLAIN_WORKBENCH } from "../../../src/edit/workbench.ts";
import { readModelDirectory } from "../../../src/workshop/directories/model-directory.ts";
import { type MadeBundle, makeBundle } from "../../../src/workshop/editing/make-bundle.ts";
import { openModel } from "../../../src/workshop/models/open-model.ts";
import { openWorkshop } from "../../../src/workshop/open-workshop.ts";
import { startService, type TestService } from "../../http/support/service.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

const WORLD = join(import.meta.dirname, "../../cli", "..", "..", "models", "world");

/** Two mistakes of the default model, of different relations and lengths. */
const EDITS: readonly Edit[] = [
  { prompt: "The capital of Australia is", target: "Canberra" },
  { prompt: "The inventor of the telephone was", target: "Alexander Graham Bell" },
].map((edit) => ({ ...edit, paraphrases: [], locality: [], portability: [] }));

const BUILD = { method: "grace", parameters: {}, seed: 0, parent: null, report: null };

/** A service with the default model, and a real GRACE bundle for it. */
const open = async (): Promise<{ service: TestService; model: PreparedModel; made: MadeBundle }> => {
  const files = unwrap(await readModelDirectory(WORLD));
  const { model } = files;
  const opened = unwrap(await openModel(files, openWorkshop()));
  const made = await makeBundle({
    model,
    // Without probe prompts the radius is the calibrated one, which is all that this needs.
    opened: { ...opened, probes: [] },
    edits: EDITS,
    method: grace,
    settings: {},
    seed: 0,
    parent: null,
    probes: 0,
    workbench: PLAIN_WORKBENCH,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  await opened.engine.release();
  const service = await startService({ registered: false, defaults: { model: "world", channel: "stable" } });
  for (const file of ["graph", "plain", "weights", "tokenizer"] as const)
    await service.stores.blobs.put(model.digests[file], files[file]);
  await service.stores.models.register(model, "2026-11-23T12:00:00.000Z");
  return { service, model, made: unwrap(made) };
};

/** The same patch with every value zero: keys, radii, chains and targets as they were. */
const withoutValues = (patch: Patch): Patch => {
  if (patch.kind !== "codebook") throw new Error(`expected a codebook, got ${patch.kind}`);
  const { shape, data } = residentValues(patch.values);
  return { ...patch, values: { shape, data: new Float32Array(data.length) } };
};

describe("a GRACE bundle of the default model", () => {
  let service: TestService;
  let model: PreparedModel;
  let made: MadeBundle;
  beforeAll(async () => {
    ({ service, model, made } = await open());
  }, 240_000);

  const ask = async (version: string) => {
    const answers: { text: string; fired: number }[] = [];
    for (const { prompt } of EDITS) {
      const body = { model: `world@${version}`, prompt, temperature: 0, max_tokens: 24 };
      const response = await service.call("POST", "/v1/completions", { body });
      const { choices, errata } = (await response.json()) as {
        choices: [{ text: string }];
        errata: { fired: unknown[] };
      };
      answers.push({ text: choices[0].text.trim(), fired: errata.fired.length });
    }
    return answers;
  };

  test("corrects the mistakes by its values: with these zeroed it fires and corrects nothing", async () => {
    const { edits, patches } = made.outcome;
    const real = unwrap(await buildBundle({ ...BUILD, model, edits, patches }));
    const zeroed = unwrap(await buildBundle({ ...BUILD, model, edits, patches: patches.map(withoutValues) }));
    expect((await service.publish(real)).status).toBe(201);
    expect((await service.publish(zeroed)).status).toBe(201);
    expect(await ask("1")).toEqual([
      { text: "Canberra", fired: 1 },
      { text: "Alexander Graham Bell", fired: 1 },
    ]);
    const vanished = await ask("2");
    expect(vanished.map(({ fired }) => fired)).toEqual([1, 1]);
    expect(vanished[0]?.text).not.toBe("Canberra");
    expect(vanished[1]?.text).not.toBe("Alexander Graham Bell");
  });
});
