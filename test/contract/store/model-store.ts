import { describe, expect, it } from "vitest";
import { modelDigest } from "../../../src/core/model/prepared-model.ts";
import { sampleModel } from "../../core/support/sample-model.ts";
import { type OpenStores, time } from "./fixtures.ts";

/** What every ModelStore keeps to. */
export const modelStoreContract = (open: OpenStores): void => {
  describe("model store", () => {
    it("registers a model and finds it again, whole", async () => {
      const { models } = await open();
      const model = await sampleModel();
      const record = {
        name: "sample",
        digest: await modelDigest(model),
        model,
        registeredAt: time(1),
      };
      expect(await models.register(model, time(1))).toEqual({
        ok: true,
        value: { status: "registered", record },
      });
      expect(await models.find("sample")).toEqual({ ok: true, value: record });
    });

    it("answers the same model again with what is stored, the first time included", async () => {
      const { models } = await open();
      const model = await sampleModel();
      await models.register(model, time(1));
      const again = await models.register(model, time(2));
      expect(again).toMatchObject({
        ok: true,
        value: { status: "already registered", record: { registeredAt: time(1) } },
      });
    });

    it("takes over a new calibration of the same model", async () => {
      const { models } = await open();
      const model = await sampleModel();
      await models.register(model, time(1));
      const calibrated = { ...model, calibration: { layers: [], advisedLayer: 1 } };
      expect(await models.register(calibrated, time(2))).toMatchObject({
        ok: true,
        value: { status: "updated", record: { registeredAt: time(1) } },
      });
      expect(await models.find("sample")).toMatchObject({ ok: true, value: { model: calibrated } });
    });

    it("refuses another model under a taken name, and keeps the first", async () => {
      const { models } = await open();
      const model = await sampleModel();
      await models.register(model, time(1));
      const other = { ...(await sampleModel("other")), name: "sample" };
      expect(await models.register(other, time(2))).toMatchObject({
        ok: false,
        problem: { code: "model_conflict", detail: { registered: await modelDigest(model) } },
      });
      expect(await models.find("sample")).toMatchObject({ ok: true, value: { model } });
    });

    it("lists models by name, and says so where there is none of a name", async () => {
      const { models } = await open();
      expect(await models.list()).toEqual([]);
      await models.register(await sampleModel("zebra"), time(1));
      await models.register(await sampleModel("apple"), time(2));
      expect((await models.list()).map(({ name }) => name)).toEqual(["apple", "zebra"]);
      expect(await models.find("pear")).toMatchObject({ ok: false, problem: { code: "unknown_model" } });
    });
  });
};
