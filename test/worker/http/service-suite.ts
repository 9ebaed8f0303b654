import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { type BuiltBundle, buildBundle } from "../../../src/core/bundle/build-bundle.ts";
import { MERGED_METHOD, mergeBundles } from "../../../src/core/bundle/merge-bundles.ts";
import type { NeuronsPatch } from "../../../src/core/patch/kinds/neurons.ts";
import type { Patch } from "../../../src/core/patch/patch.ts";
import { separateCodebooks } from "../../../src/edit/codebook/separate-codebooks.ts";
import { createWorkerdBackend } from "../../../src/engine/backends/workerd/workerd-backend.ts";
import { createEngine, type Engine } from "../../../src/engine/engine.ts";
import type { Completion } from "../../../src/wire/completion.ts";
import worker from "../../../src/worker.ts";
import { kernels } from "../../../wasm/kernels.ts";
import { bundleOf, createPublisher, type Publisher, publishBody } from "../../http/support/publisher.ts";
import { bindings, openD1Stores } from "../store/open-d1.ts";
import { type ModelFiles, readModelFiles } from "../support/model-files.ts";
import { faintNeuron } from "./faint-neuron.ts";
import { transplant } from "./transplant.ts";

const PROMPT = "The capital of France is";
const DONOR = "The author of the book is";
const BYSTANDER = "The capital of Norway is";
/** Tokens that each answer may have. */
const LENGTH = 6;
const TOKEN = "errata-test-admin";

/**
 * The main job inside workerd: push a model, publish, release, roll back, on a real D1 and R2. A test file of
 * its own for each model, as a Worker reads its settings once in an isolate's life.
 *
 * @param folder where the model's files are
 * @param there false skips the suite
 */
export const describeService = (folder: string, there: boolean): void => {
  describe.runIf(there)(`the service in workerd, with D1 and R2, on ${folder}`, () => {
    let files: ModelFiles;
    let engine: Engine;
    let publisher: Publisher;
    let patch: Patch;
    let neurons: NeuronsPatch;

    const fetchWorker = async (method: string, path: string, body?: unknown): Promise<Response> => {
      const context = createExecutionContext();
      const raw = body instanceof Uint8Array;
      const request = new Request(`http://127.0.0.1:8787${path}`, {
        method,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          ...(body === undefined
            ? {}
            : { "content-type": raw ? "application/octet-stream" : "application/json" }),
        },
        ...(body === undefined
          ? {}
          : { body: raw ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
      });
      const settings = {
        DB: bindings.DB,
        BLOBS: bindings.BLOBS,
        TRUSTED_KEYS: JSON.stringify(publisher.trustedKeys),
        DEFAULT_MODEL: files.model.name,
        DEFAULT_CHANNEL: "stable",
        ERRATA_ADMIN_TOKEN: TOKEN,
      };
      const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], settings, context);
      // A stream ends when it was read, and holds its request open until then.
      const read = new Response(await response.arrayBuffer(), response);
      await waitOnExecutionContext(context);
      return read;
    };
    const ask = async (prompt: string, extra: object = {}): Promise<Completion> => {
      const body = { prompt, temperature: 0, max_tokens: LENGTH, logprobs: 2, ...extra };
      return (await (await fetchWorker("POST", "/v1/completions", body)).json()) as Completion;
    };
    const publish = async (bundle: BuiltBundle): Promise<Response> => {
      for (const [digest, bytes] of bundle.blobs) await fetchWorker("PUT", `/v1/blobs/${digest}`, bytes);
      return fetchWorker("POST", "/v1/bundles", await publishBody(publisher, bundle));
    };
    const move = (path: string, body: object) =>
      fetchWorker("POST", `/v1/models/${files.model.name}/channels/stable/${path}`, {
        message: "test",
        ...body,
      });

    beforeAll(async () => {
      await openD1Stores();
      files = await readModelFiles(folder);
      publisher = await createPublisher();
      const opened = await createEngine({
        ...files,
        backend: await createWorkerdBackend(),
        kernels,
        now: () => 0,
      });
      if (!opened.ok) throw new Error(opened.problem.message);
      engine = opened.value;
      patch = await transplant(engine, PROMPT, DONOR, LENGTH);
      neurons = faintNeuron(engine);
      await engine.release();
    });

    it("is not ready until the model is registered, and says what to do", async () => {
      const unready = await fetchWorker("GET", "/readyz");
      expect(unready.status).toBe(503);
      const { graph, plain, weights, tokenizer } = files.model.digests;
      const missing = await fetchWorker("PUT", `/v1/models/${files.model.name}`, { model: files.model });
      expect(await missing.json()).toMatchObject({
        error: { code: "missing_blob", detail: { digests: [graph, plain, weights, tokenizer] } },
      });
      expect((await fetchWorker("PUT", `/v1/blobs/${graph}`, files.graph)).status).toBe(201);
      expect((await fetchWorker("PUT", `/v1/blobs/${plain}`, files.plain)).status).toBe(201);
      expect((await fetchWorker("PUT", `/v1/blobs/${weights}`, files.weights)).status).toBe(201);
      const tokenizerBytes = new TextEncoder().encode(files.tokenizerJson);
      expect((await fetchWorker("PUT", `/v1/blobs/${tokenizer}`, tokenizerBytes)).status).toBe(201);
      expect(
        (await fetchWorker("PUT", `/v1/models/${files.model.name}`, { model: files.model })).status,
      ).toBe(201);
      expect(
        (await fetchWorker("PUT", `/v1/models/${files.model.name}`, { model: files.model })).status,
      ).toBe(200);
      expect(await (await fetchWorker("GET", "/readyz")).json()).toEqual({
        status: "ready",
        model: files.model.name,
      });
    });

    it("answers rightly after a release, says which patch, and is restored by a rollback", async () => {
      const before = await ask(PROMPT);
      const donor = await ask(DONOR);
      expect(donor.choices[0]?.text).not.toBe(before.choices[0]?.text);

      const bundle = await bundleOf(files.model, [patch]);
      const published = await publish(bundle);
      expect(await published.json()).toEqual({
        id: bundle.id,
        model: files.model.name,
        version: 1,
        status: "published",
      });
      expect(JSON.stringify((await ask(PROMPT)).choices)).toBe(JSON.stringify(before.choices));

      expect((await move("release", { version: 1 })).status).toBe(200);
      const corrected = await ask(PROMPT);
      expect(corrected.choices[0]?.text).toBe(donor.choices[0]?.text);
      expect(corrected.errata).toMatchObject({
        bundle: bundle.id,
        version: 1,
        channel: "stable",
        attached: 1,
      });
      expect(corrected.errata?.fired).toMatchObject([
        { patch: "transplant-1", kind: "codebook", edit: PROMPT },
      ]);
      expect((await ask(DONOR)).choices[0]?.text).toBe(donor.choices[0]?.text);

      expect((await move("rollback", {})).status).toBe(200);
      const restored = await ask(PROMPT);
      expect(JSON.stringify(restored.choices)).toBe(JSON.stringify(before.choices));
      expect(restored.errata).toMatchObject({
        bundle: null,
        version: null,
        sequence: 2,
        attached: 0,
        fired: [],
      });
    });

    it("streams what it answers whole", async () => {
      const whole = await ask(PROMPT, { model: `${files.model.name}@1` });
      const body = {
        prompt: PROMPT,
        temperature: 0,
        max_tokens: LENGTH,
        stream: true,
        model: `${files.model.name}@1`,
      };
      const stream = await (await fetchWorker("POST", "/v1/completions", body)).text();
      const events = stream.split("\n\n").filter((event) => event !== "");
      expect(events.at(-1)).toBe("data: [DONE]");
      const chunks = events
        .slice(0, -1)
        .map((event) => JSON.parse(event.slice("data: ".length)) as Completion);
      expect(chunks.map((chunk) => chunk.choices[0]?.text).join("")).toBe(whole.choices[0]?.text);
      expect(chunks.at(-1)?.errata?.version).toBe(1);
    });

    it("keeps the audit chain of both moves", async () => {
      const audit = (await (await fetchWorker("GET", "/v1/audit")).json()) as {
        data: object[];
        verified: boolean;
      };
      expect(audit.verified).toBe(true);
      expect(audit.data).toMatchObject([
        { sequence: 1, action: "release", fromVersion: null, toVersion: 1, actor: "local-admin" },
        { sequence: 2, action: "rollback", fromVersion: 1, toVersion: null, actor: "local-admin" },
      ]);
    });

    it("answers from a merged bundle whose patches of two methods both fire", async () => {
      const grace = await bundleOf(files.model, [patch]);
      const other = await bundleOf(files.model, [neurons], { prompts: [BYSTANDER], seed: 1 });
      const merged = await mergeBundles([
        { ...grace, patches: [patch] },
        { ...other, patches: [neurons] },
      ]);
      if (!merged.ok) throw new Error(merged.problem.message);
      const separated = separateCodebooks(merged.value.patches);
      if (!separated.ok) throw new Error(separated.problem.message);
      const { edits, parameters } = merged.value;
      const bundle = await buildBundle({
        edits,
        patches: separated.value.patches,
        method: MERGED_METHOD,
        parameters,
        seed: 0,
        model: files.model,
        parent: grace.id,
        report: null,
      });
      if (!bundle.ok) throw new Error(bundle.problem.message);
      const published = (await (await publish(bundle.value)).json()) as { version: number };
      const bare = await ask(BYSTANDER);
      const donor = await ask(DONOR);

      expect((await move("release", { version: published.version })).status).toBe(200);
      const corrected = await ask(PROMPT);
      expect(corrected.choices[0]?.text).toBe(donor.choices[0]?.text);
      expect(corrected.errata).toMatchObject({ bundle: bundle.value.id, attached: 2 });
      expect(corrected.errata?.fired.map(({ patch, kind, edit }) => [patch, kind, edit]).sort()).toEqual([
        ["faint", "neurons", BYSTANDER],
        ["transplant-1", "codebook", PROMPT],
      ]);
      const bystander = await ask(BYSTANDER);
      expect(bystander.choices[0]?.logprobs).not.toEqual(bare.choices[0]?.logprobs);
      expect(bystander.errata?.fired).toMatchObject([{ patch: "faint", kind: "neurons" }]);

      expect((await move("rollback", {})).status).toBe(200);
      expect((await ask(BYSTANDER)).choices).toEqual(bare.choices);
    });

    it("publishes no bundle whose edits contradict each other", async () => {
      const prompts = [PROMPT, BYSTANDER];
      const bundle = await bundleOf(files.model, [patch], { prompts, targets: ["Oslo", "Oslo"] });
      const contradicting = await bundleOf(files.model, [patch], {
        prompts: [PROMPT, PROMPT],
        targets: ["Oslo", "Rome"],
      });
      expect((await publish(bundle)).status).toBe(201);
      const refused = await publish(contradicting);
      expect(refused.status).toBe(409);
      expect(await refused.json()).toMatchObject({ error: { code: "edit_conflict", param: "edits" } });
    });

    it("serves nothing from a bundle whose blob was damaged in the database", async () => {
      // Of another radius: equal patches are shared with the set in memory, which no damage in the database reaches.
      const radii = { shape: [1], data: Float32Array.of(0.005) };
      const other = { ...patch, tensors: { ...patch.tensors, radii }, id: "transplant-2" } as Patch;
      const bundle = await bundleOf(files.model, [other], { seed: 1 });
      const published = await publish(bundle);
      expect(published.status).toBe(201);
      const { version } = (await published.json()) as { version: number };
      const [digest] = bundle.blobs.keys();
      const damage =
        "UPDATE blobs SET data = 'AAAA' || substr(data, 5) WHERE digest = ? AND data IS NOT NULL";
      const { meta } = await bindings.DB.prepare(damage).bind(digest).run();
      expect(meta.changes).toBe(1);
      const refused = await fetchWorker("POST", "/v1/completions", {
        prompt: PROMPT,
        model: `${files.model.name}@${version}`,
      });
      expect(refused.status).toBe(500);
      expect(await refused.json()).toMatchObject({ error: { code: "corrupt_store" } });
    });
  });
};
