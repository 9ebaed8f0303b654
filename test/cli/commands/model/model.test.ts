import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createNodeBackend } from "../../../../src/engine/backends/node/node-backend.ts";
import { createEngine } from "../../../../src/engine/engine.ts";
import { writeModel } from "../../../../src/onnx/write-model.ts";
import { servingGraph } from "../../../../src/train/decoder/decoder-graph.ts";
import { initialWeights, parametersOf } from "../../../../src/train/decoder/parameters.ts";
import { readModelDirectory } from "../../../../src/workshop/directories/model-directory.ts";
import { loadKernels } from "../../../../wasm/load-kernels.ts";
import { TINY_MODEL, tinyTokenizer } from "../../../fixtures/tiny-model.ts";
import { snapshotOf } from "../../../http/support/service.ts";
import { unwrap } from "../../../onnx/support/unwrap.ts";
import { openCli, type TestCli } from "../../support/cli.ts";

let cli: TestCli;

/** An export as other tools make it: the graph, its weights in a data file, the tokenizer. */
const writeExport = async () => {
  const parameters = parametersOf(TINY_MODEL);
  const graph = servingGraph(TINY_MODEL, parameters, initialWeights(parameters, 1));
  const written = writeModel(graph, "model.data");
  await writeFile(join(cli.directory, "model.onnx"), written.graph);
  await writeFile(join(cli.directory, "model.data"), written.weights);
  await writeFile(join(cli.directory, "tokenizer.json"), tinyTokenizer());
};

const PREPARE = ["model", "prepare", "model.onnx", "--tokenizer", "tokenizer.json", "--name", "mini"];

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

describe("errata model prepare", () => {
  it("writes a model with the hooks asked for, which the engine opens", async () => {
    await writeExport();
    const hooks = ["--codebook", "1,2", "--neurons", "none", "--low-rank", "0:down,1:up"];
    const { exit, json } = await cli.run(...PREPARE, ...hooks, "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({
      status: "written",
      specialTokens: { begin: null, end: 0 },
      hooks: [
        { kind: "low-rank", layer: 0, site: "down" },
        { kind: "low-rank", layer: 1, site: "up" },
        { kind: "codebook", layer: 1 },
        { kind: "codebook", layer: 2 },
      ],
    });
    const files = unwrap(await readModelDirectory(join(cli.directory, "models", "mini")));
    const tokenizerJson = new TextDecoder().decode(files.tokenizer);
    const engine = unwrap(
      await createEngine({
        ...files,
        tokenizerJson,
        backend: await createNodeBackend(),
        kernels: await loadKernels(),
        now: () => 0,
      }),
    );
    expect(engine.model.name).toBe("mini");
    await engine.release();
  });

  it("writes nothing under --dry-run", async () => {
    await writeExport();
    const { exit, out } = await cli.run(...PREPARE, "--dry-run");
    expect(exit).toBe(0);
    expect(out).toContain("would write: ");
    const absent = await readModelDirectory(join(cli.directory, "models", "mini"));
    expect(absent).toMatchObject({ ok: false, problem: { code: "file_not_found" } });
  });

  it("does not overwrite another model", async () => {
    await writeExport();
    const path = join(cli.directory, "models", "tiny", "model.json");
    const before = await readFile(path, "utf8");
    const { exit, json } = await cli.run(...PREPARE, "--out", "models/tiny", "--json");
    expect(exit).toBe(6);
    expect(json()).toMatchObject({ error: { code: "model_conflict" } });
    expect(await readFile(path, "utf8")).toBe(before);
  });

  it.each([
    [["--low-rank", "2:middle"], 2, "--low-rank: expected sites such as 2:down,3:up, or none"],
    [["--codebook", "last"], 2, "--codebook: expected blocks such as 4,5, or none"],
    [["--codebook", "9"], 2, "blocks run from 0 to 2"],
    [["--low-rank", "1:gate"], 2, "Block 1 has no gate"],
    [["--end-token", "</s>"], 2, 'the tokenizer has no token "</s>"; name one of: <|endoftext|>'],
    [["--context", "4096"], 2, "The context is at most 48"],
    [["--name", "No Good"], 2, "--name: expected 1 to 64 of a-z"],
  ])("refuses %j", async (options, exit, message) => {
    await writeExport();
    const run = await cli.run(...PREPARE, ...options);
    expect(run.err).toContain(message);
    expect(run.exit).toBe(exit);
  });

  it("ends with 5 for a file that is no ONNX model", async () => {
    await writeExport();
    await writeFile(join(cli.directory, "model.onnx"), "not a protobuf");
    const { exit, json } = await cli.run(...PREPARE, "--json");
    expect(exit).toBe(5);
    expect(json()).toMatchObject({ error: { code: "malformed_model" } });
  });
});

describe("errata model inspect", () => {
  it("shows the structure found in an exported graph", async () => {
    await writeExport();
    const { exit, json } = await cli.run("model", "inspect", "model.onnx", "--json");
    expect(exit).toBe(0);
    const found = json() as { blocks: object[] };
    expect(found).toMatchObject({ kind: "graph", layers: 3, dims: { width: 32, ffn: 64, heads: 4 } });
    expect(found.blocks[1]).toMatchObject({
      up: { in: 32, out: 64 },
      gate: null,
      down: { in: 64, out: 32 },
      activation: "gelu-tanh",
    });
  });

  it("shows the hooks of a prepared model, found by its name", async () => {
    const { exit, out } = await cli.run("model", "inspect", "tiny");
    expect(exit).toBe(0);
    expect(out).toMatch(/^codebook {2}2 {6}block output, last position {2}patch\.2\.codebook\.value/m);
    expect(out).toMatch(/^low-rank {2}1 {6}up: 32 -> 64 /m);
  });

  it("refuses a prepared model with a damaged file", async () => {
    await writeFile(join(cli.directory, "models", "tiny", "weights.bin"), "damaged");
    const { exit, json } = await cli.run("model", "inspect", "tiny", "--json");
    expect(exit).toBe(5);
    expect(json()).toMatchObject({ error: { code: "digest_mismatch" } });
  });
});

describe("errata model push", () => {
  const prepare = async () => {
    await writeExport();
    await cli.run(...PREPARE);
  };

  it("uploads and registers, and does so once", async () => {
    await prepare();
    const first = await cli.run("model", "push", "mini", "--json");
    // The tokenizer is the one that the model "tiny" brought.
    expect(first.json()).toMatchObject({ status: "registered", uploaded: { blobs: 3, present: 1 } });
    const second = await cli.run("model", "push", "models/mini", "--json");
    expect(second.json()).toMatchObject({ status: "already registered", uploaded: { blobs: 0, present: 4 } });
  });

  it("sends nothing that stays under --dry-run", async () => {
    await prepare();
    const before = await snapshotOf(cli.service);
    const { out } = await cli.run("model", "push", "mini", "--dry-run");
    expect(out).toMatch(/^would upload 3 files and register mini sha256:/);
    expect(await snapshotOf(cli.service)).toEqual(before);
  });

  it("uploads nothing of a model that the service's backend refuses", async () => {
    const limits = { weightsBytes: cli.service.files.weights.byteLength - 1, threads: 1 };
    const small = await openCli({ backend: { name: "small", limits } });
    const { exit, json } = await small.run("model", "push", "tiny", "--json");
    expect(exit).toBe(2);
    expect(json()).toMatchObject({ error: { code: "limit_exceeded", param: "weights" } });
    expect(small.requests).toEqual(["GET /v1/info"]);
    await small.close();
  });

  it("ends with 6 where the name stands for another model", async () => {
    await writeExport();
    await cli.run(
      "model",
      "prepare",
      "model.onnx",
      "--tokenizer",
      "tokenizer.json",
      "--name",
      "tiny",
      "--out",
      "x",
    );
    const { exit, json } = await cli.run("model", "push", "x", "--json");
    expect(exit).toBe(6);
    expect(json()).toMatchObject({ error: { code: "model_conflict" } });
  });
});
