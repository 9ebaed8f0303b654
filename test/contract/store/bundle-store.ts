import { describe, expect, it } from "vitest";
import { blobDigests } from "../../../src/core/bundle/manifest.ts";
import { digestOfText } from "../../../src/core/digest.ts";
import { patchBytes } from "../../../src/core/patch/patch-record.ts";
import { sampleModel } from "../../core/support/sample-model.ts";
import { sampleCodebook } from "../../core/support/sample-patches.ts";
import { type OpenStores, publishSamples, storedBundle, time } from "./fixtures.ts";

/** What every BundleStore keeps to. */
export const bundleStoreContract = (open: OpenStores): void => {
  describe("bundle store", () => {
    it("publishes a bundle as version 1 and finds it by id and by number, byte for byte", async () => {
      const stores = await open();
      await stores.models.register(await sampleModel(), time(0));
      const bundle = await storedBundle(stores, 1, { report: new TextEncoder().encode('{"accuracy":1}') });
      const summary = {
        id: bundle.id,
        model: "sample",
        version: 1,
        method: "grace",
        edits: 2,
        patches: 2,
        bytes: bundle.manifest.patches.reduce((sum, record) => sum + patchBytes(record), 0),
        parent: null,
        publishedAt: time(1),
        publishedBy: "operator",
      };
      expect(await stores.bundles.publish(bundle)).toEqual({
        ok: true,
        value: { status: "published", summary },
      });
      const { manifestBytes, signatures, report } = bundle;
      const record = { ok: true, value: { ...summary, manifestBytes, signatures, report } };
      expect(await stores.bundles.find({ id: bundle.id })).toEqual(record);
      expect(await stores.bundles.find({ model: "sample", version: 1 })).toEqual(record);
      expect(await stores.bundles.summary({ id: bundle.id })).toEqual({ ok: true, value: summary });
    });

    it("answers the same bytes again with the same number, and keeps the first publication", async () => {
      const stores = await open();
      const [first] = await publishSamples(stores, [1, 2]);
      const again = await stores.bundles.publish({ ...first!, publishedAt: time(9), publishedBy: "another" });
      expect(again).toMatchObject({
        ok: true,
        value: {
          status: "already published",
          summary: { version: 1, publishedAt: time(1), publishedBy: "operator" },
        },
      });
      expect((await stores.bundles.list("sample", { limit: 9 })).data).toHaveLength(2);
    });

    it("gives racing publications of one bundle one number", async () => {
      const stores = await open();
      await stores.models.register(await sampleModel(), time(0));
      const bundle = await storedBundle(stores, 1);
      const results = await Promise.all(Array.from({ length: 8 }, () => stores.bundles.publish(bundle)));
      const statuses = results.map((result) => (result.ok ? result.value.status : result.problem.code));
      expect(statuses.filter((status) => status === "published")).toHaveLength(1);
      expect(statuses.filter((status) => status === "already published")).toHaveLength(7);
      expect(new Set(results.map((result) => result.ok && result.value.summary.version))).toEqual(
        new Set([1]),
      );
    });

    it("gives racing publications of many bundles the numbers 1 to 8, each once", async () => {
      const stores = await open();
      await stores.models.register(await sampleModel(), time(0));
      const bundles = [];
      for (let seed = 1; seed <= 8; seed++) bundles.push(await storedBundle(stores, seed));
      const results = await Promise.all(bundles.map((bundle) => stores.bundles.publish(bundle)));
      const versions = results.map((result) => (result.ok ? result.value.summary.version : 0));
      expect(versions.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    it("numbers each model's bundles on their own", async () => {
      const stores = await open();
      await publishSamples(stores, [1, 2]);
      const other = await sampleModel("other");
      await stores.models.register(other, time(0));
      const published = await stores.bundles.publish(await storedBundle(stores, 1, { model: other }));
      expect(published).toMatchObject({ ok: true, value: { summary: { model: "other", version: 1 } } });
    });

    it("publishes a bundle of 2,100 patches that share one blob", async () => {
      const stores = await open();
      await stores.models.register(await sampleModel(), time(0));
      const patches = Array.from({ length: 2_100 }, (_, index) => sampleCodebook(`patch ${index}`));
      const published = await stores.bundles.publish(await storedBundle(stores, 1, { patches }));
      expect(published).toMatchObject({ ok: true, value: { summary: { version: 1, patches: 2_100 } } });
    });

    it("refuses a bundle whose blobs are not stored, naming them, and publishes nothing", async () => {
      const whole = await storedBundle(await open(), 1);
      const empty = await open();
      await empty.models.register(await sampleModel(), time(0));
      expect(await empty.bundles.publish(whole)).toMatchObject({
        ok: false,
        problem: {
          code: "missing_blob",
          detail: { digests: blobDigests(whole.manifest) },
        },
      });
      expect(await empty.bundles.list("sample", { limit: 9 })).toEqual({ data: [], more: false });
    });

    it("refuses a bundle of a model nobody registered", async () => {
      const stores = await open();
      expect(await stores.bundles.publish(await storedBundle(stores, 1))).toMatchObject({
        ok: false,
        problem: { code: "unknown_model" },
      });
    });

    it("tells an unknown id from an unknown number", async () => {
      const stores = await open();
      const id = await digestOfText("nothing");
      expect(await stores.bundles.find({ id })).toMatchObject({ problem: { code: "unknown_bundle" } });
      const reference = { model: "sample", version: 4 };
      expect(await stores.bundles.find(reference)).toMatchObject({ problem: { code: "unknown_version" } });
      expect(await stores.bundles.summary(reference)).toMatchObject({ problem: { code: "unknown_version" } });
    });

    it("lists newest first, a page at a time", async () => {
      const stores = await open();
      await publishSamples(stores, [1, 2, 3]);
      const page = await stores.bundles.list("sample", { limit: 2 });
      expect([page.data.map(({ version }) => version), page.more]).toEqual([[3, 2], true]);
      const rest = await stores.bundles.list("sample", { limit: 2, below: 2 });
      expect([rest.data.map(({ version }) => version), rest.more]).toEqual([[1], false]);
    });
  });
};
