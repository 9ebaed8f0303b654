import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PreparedFiles } from "../../../src/core/model/prepared-files.ts";
import { composeLowRanks } from "../../../src/core/patch/kinds/low-rank.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { readSafetensors } from "../../../src/core/tensor/safetensors.ts";
import { findDecoder } from "../../../src/onnx/find-decoder.ts";
import { floatsOf } from "../../../src/onnx/graph.ts";
import { loadNativeRuntime } from "../../../src/onnx/native-runtime.ts";
import { readModel } from "../../../src/onnx/read-model.ts";
import { writeModelDirectory } from "../../../src/workshop/directories/write-model-directory.ts";
import { must } from "../../engine/support/engines.ts";
import { neuronsPatch } from "../../engine/support/patches.ts";
import { largestDifference, tokenFeeds } from "../../onnx/support/run-decoder.ts";
import { haveSharedModels, sharedReference } from "../../onnx/support/shared-models.ts";
import { openCli, type TestCli } from "../support/cli.ts";
import { engineLogits } from "../support/engine-logits.ts";
import { bundleOfPatches, randomLowRank } from "../support/low-rank-bundle.ts";
import { prepareShared } from "../support/prepare-shared.ts";

/** Largest difference of logits between the patches bound and the weights merged. */
const LOGIT_TOLERANCE = 1e-4;

let cli: TestCli;

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

const write = async ({ model }: PreparedFiles, name: string, ...others: Patch[]) => {
  const patches = [2, 1].map((rank, edit) => randomLowRank(model, `edit-${edit}`, edit, rank));
  await cli.writeBundle(name, await bundleOfPatches(model, [...patches, ...others]));
  return patches;
};

const neurons = ({ model }: PreparedFiles) => {
  const rows = [new Float32Array(model.dims.width).fill(0.5)];
  return neuronsPatch("chad", 2, rows, [0], rows);
};

/** The logits of a file that was exported, in a runtime that knows nothing of Errata. */
const fileLogits = async (path: string, { model, plain, weights }: PreparedFiles, ids: readonly number[]) => {
  const runtime = await loadNativeRuntime();
  const session = await runtime.InferenceSession.create(path);
  const structure = must(findDecoder(must(readModel(plain, () => weights))));
  const tokens = Object.entries(tokenFeeds(structure, ids)).map(([name, { data, shape }]) => [
    name,
    new runtime.Tensor("int64", data as BigInt64Array, [...shape]),
  ]);
  const empty = [1, model.dims.kvHeads, 0, model.dims.headDim];
  const cache = model.io.cache.flatMap(({ pastKey, pastValue }) =>
    [pastKey, pastValue].map((name) => [name, new runtime.Tensor("float32", new Float32Array(), empty)]),
  );
  const feeds = Object.fromEntries([...tokens, ...cache]);
  expect([...session.inputNames].sort()).toEqual(Object.keys(feeds).sort());
  const outputs = await session.run(feeds);
  await session.release();
  return outputs[model.io.logits]!.data as Float32Array;
};

/** Reads an adapter back as PEFT does: W + (lora_B lora_A)ᵀ · alpha / r, in [in, out]. */
const addAdapter = async (directory: string, module: string, weight: Float32Array, columns: number) => {
  const config = JSON.parse(await readFile(join(directory, "adapter_config.json"), "utf8"));
  const bytes = new Uint8Array(await readFile(join(directory, "adapter_model.safetensors")));
  const tensors = must(readSafetensors(bytes));
  const [A, B] = ["A", "B"].map((name) => tensors.get(`base_model.model.${module}.lora_${name}.weight`)!);
  const rank = config.rank_pattern[module] ?? config.r;
  const scale = (config.alpha_pattern[module] ?? config.lora_alpha) / rank;
  expect(config.target_modules).toContain(module);
  expect([A!.shape, B!.shape]).toEqual([
    [rank, weight.length / columns],
    [columns, rank],
  ]);
  const rows = weight.length / columns;
  const merged = weight.map((value, place) => {
    const [i, j] = [Math.floor(place / columns), place % columns];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += B!.data[j * rank + k]! * A!.data[k * rows + i]!;
    return value + scale * sum;
  });
  return { merged, A: A!, B: B! };
};

/** A weight as [in, out], whichever way it is stored. */
const weightOf = (graph: Uint8Array, weights: Uint8Array | null, layer: number) => {
  const read = must(readModel(graph, () => weights ?? undefined));
  const { down } = must(findDecoder(read)).blocks[layer]!.feedForward;
  const stored = floatsOf(read.initializers.get(down.weight)!);
  if (down.orientation === "in-out") return { weight: stored, columns: down.out };
  const weight = stored.map(
    (_, place) => stored[(place % down.out) * down.in + Math.floor(place / down.out)]!,
  );
  return { weight, columns: down.out };
};

/** Exports both ways, and holds each against the engine, the other, and the patches. */
const checkBoth = async (files: PreparedFiles, name: string, module: string, ids: readonly number[]) => {
  const patches = await write(files, "fixes");
  const { layer } = patches[0]!;
  const path = join(cli.directory, "out.onnx");
  expect(await cli.run("export", "fixes", "--onnx", "--out", "out.onnx", "--model", name)).toMatchObject({
    exit: 0,
  });
  expect(await cli.run("export", "fixes", "--peft", "--out", "adapter")).toMatchObject({ exit: 0 });
  const logits = await fileLogits(path, files, ids);
  expect(largestDifference(logits, await engineLogits(files, [], ids))).toBeGreaterThan(0.01);
  expect(largestDifference(logits, await engineLogits(files, patches, ids))).toBeLessThan(LOGIT_TOLERANCE);

  const base = weightOf(files.plain, files.weights, layer);
  const { merged, A, B } = await addAdapter(
    join(cli.directory, "adapter"),
    module,
    base.weight,
    base.columns,
  );
  const [bound] = composeLowRanks(patches);
  const turn = (data: ArrayLike<number>, rows: number) =>
    Float32Array.from(
      data,
      (_, place) => data[(place % rows) * (data.length / rows) + Math.floor(place / rows)]!,
    );
  expect(A.data).toEqual(turn(bound!.A, bound!.A.length / bound!.rank));
  expect(B.data).toEqual(turn(bound!.B, bound!.rank));
  const { weight } = weightOf(new Uint8Array(await readFile(path)), null, layer);
  expect(largestDifference(weight, merged)).toBeLessThan(1e-6);
};

describe("errata export", () => {
  it("gives a merged model and an adapter that are the patches", async () => {
    await checkBoth(cli.service.files, "tiny", "transformer.h.1.mlp.c_proj", [5, 40, 260, 17, 99]);
  });

  it.skipIf(!haveSharedModels).each([
    ["tiny-gpt2", "model.onnx", "transformer.h.{}.mlp.c_proj"],
    ["tiny-gpt2", "model_torchscript.onnx", "transformer.h.{}.mlp.c_proj"],
    ["tiny-qwen2", "model.onnx", "model.layers.{}.mlp.down_proj"],
    ["tiny-qwen2", "model_torchscript.onnx", "model.layers.{}.mlp.down_proj"],
  ] as const)("does so on %s from %s", async (name, file, module) => {
    const { prompt, middle_layer: layer } = sharedReference(name);
    const files = await prepareShared(cli.directory, name, file);
    await checkBoth(files, name, module.replace("{}", String(layer)), prompt.ids);
  });

  it("says what it wrote, and which base model PEFT should load", async () => {
    await write(cli.service.files, "fixes");
    const { exit, json } = await cli.run(
      ...["export", "fixes", "--peft", "--out", "adapter", "--base-model", "some/model", "--json"],
    );
    expect(exit).toBe(0);
    expect(json()).toMatchObject({
      dryRun: false,
      files: [
        { path: join(cli.directory, "adapter", "adapter_model.safetensors") },
        { path: join(cli.directory, "adapter", "adapter_config.json") },
      ],
      layers: [{ layer: 1, name: "transformer.h.1.mlp.c_proj", rank: 3 }],
      leftOut: [],
    });
    const config = JSON.parse(await readFile(join(cli.directory, "adapter", "adapter_config.json"), "utf8"));
    expect(config).toMatchObject({ base_model_name_or_path: "some/model", fan_in_fan_out: true, r: 3 });
  });

  it("takes the module's name from a pattern", async () => {
    await write(cli.service.files, "fixes");
    const { json } = await cli.run(
      ...["export", "fixes", "--peft", "--out", "adapter", "--json"],
      ...["--module-pattern", "model.decoder.layers.{layer}.fc2"],
    );
    expect(json()).toMatchObject({ layers: [{ name: "model.decoder.layers.1.fc2" }] });
  });

  it("puts weights beside the model, and runs from there", async () => {
    const { files } = cli.service;
    const patches = await write(files, "fixes");
    await cli.run("export", "fixes", "--onnx", "--out", "out/m.onnx", "--external-data");
    expect((await readdir(join(cli.directory, "out"))).sort()).toEqual(["m.onnx", "m.onnx.data"]);
    const logits = await fileLogits(join(cli.directory, "out", "m.onnx"), files, [5, 40]);
    expect(largestDifference(logits, await engineLogits(files, patches, [5, 40]))).toBeLessThan(
      LOGIT_TOLERANCE,
    );
  });

  it.each(["--peft", "--onnx"])(
    "refuses %s of other kinds, or leaves them out where told to",
    async (form) => {
      await write(cli.service.files, "mixed", neurons(cli.service.files));
      const refused = await cli.run("export", "mixed", form, "--out", "out");
      expect(refused.exit).toBe(2);
      expect(refused.err).toContain('1 patch of the bundle, first "chad", is of kind neurons');
      expect(refused.err).toContain("--low-rank-only");
      const { exit, out } = await cli.run("export", "mixed", form, "--out", "out", "--low-rank-only");
      expect(exit).toBe(0);
      expect(out).toContain("Left out, not low-rank: 1 patch, first chad.");
    },
  );

  it("refuses a bundle without low-rank patches, whatever else is asked", async () => {
    const { files } = cli.service;
    await cli.writeBundle("nerves", await bundleOfPatches(files.model, [neurons(files)]));
    const { exit, err } = await cli.run("export", "nerves", "--peft", "--out", "out", "--low-rank-only");
    expect(exit).toBe(2);
    expect(err).toContain("no low-rank patch, only neurons ones");
  });

  it("refuses another base model than the bundle's", async () => {
    const { files } = cli.service;
    const other = { ...files, model: { ...files.model, digests: { ...files.model.digests } } };
    other.model.name = "other";
    await write(other, "fixes");
    const changed = new TextEncoder().encode(`${new TextDecoder().decode(files.tokenizer)} `);
    const bytes = await crypto.subtle.digest("SHA-256", changed);
    other.model.digests.tokenizer = `sha256:${Buffer.from(bytes).toString("hex")}`;
    await writeModelDirectory(join(cli.directory, "models", "other"), { ...other, tokenizer: changed });
    const { exit, err } = await cli.run("export", "fixes", "--onnx", "--out", "out.onnx", "--model", "other");
    expect(exit).toBe(5);
    expect(err).toContain("models/other holds sha256:");
  });

  it("writes nothing under --dry-run, and replaces nothing without --force", async () => {
    await write(cli.service.files, "fixes");
    const dry = await cli.run("export", "fixes", "--onnx", "--out", "m.onnx", "--dry-run");
    expect(dry.exit).toBe(0);
    expect(dry.out).toMatch(/Dry run: m\.onnx \(.*\) not written\./);
    expect(await readdir(cli.directory)).not.toContain("m.onnx");
    await writeFile(join(cli.directory, "m.onnx"), "mine");
    const refused = await cli.run("export", "fixes", "--onnx", "--out", "m.onnx");
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain("Give --force to replace it");
    expect(await readFile(join(cli.directory, "m.onnx"), "utf8")).toBe("mine");
    expect((await cli.run("export", "fixes", "--onnx", "--out", "m.onnx", "--force")).exit).toBe(0);
    await mkdir(join(cli.directory, "folder"));
    const folder = await cli.run("export", "fixes", "--onnx", "--out", "folder", "--force");
    expect(folder.exit).toBe(2);
    expect(folder.err).toContain("is a directory");
  });

  it.each([
    [[], "either --peft"],
    [["--peft", "--onnx"], "either --peft"],
    [["--peft", "--external-data"], "no meaning with --peft"],
    [["--onnx", "--module-pattern", "h.{layer}.fc"], "no meaning with --onnx"],
    [["--peft", "--fan-in-fan-out"], "goes with --module-pattern"],
    [["--peft", "--module-pattern", "h.fc"], "{layer} in it"],
  ])("refuses %j", async (argv, message) => {
    await write(cli.service.files, "fixes");
    const { exit, err } = await cli.run("export", "fixes", "--out", "out", ...argv);
    expect(exit).toBe(2);
    expect(err).toContain(message);
  });
});
