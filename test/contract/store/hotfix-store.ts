import { describe, expect, it } from "vitest";
import { blobDigests } from "../../../src/core/bundle/manifest.ts";
import { digestOfText } from "../../../src/core/digest.ts";
import { type ChannelState, servedBy, unreleasedChannel } from "../../../src/core/release/channel.ts";
import { planMove } from "../../../src/core/release/plan-move.ts";
import { verifyAudit } from "../../../src/core/release/verify-audit.ts";
import type { HotfixToStore, Stores } from "../../../src/store/ports.ts";
import { sampleModel } from "../../core/support/sample-model.ts";
import { sampleCodebook } from "../../core/support/sample-patches.ts";
import { type OpenStores, publishSamples, storedBundle, time } from "./fixtures.ts";

/** A hotfix whose blobs are stored, told apart from others by its seed. */
export const storedHotfix = async (stores: Stores, seed: number): Promise<HotfixToStore> => {
  const patches = [sampleCodebook(`hotfix ${seed}`, seed)];
  const { id, manifest, manifestBytes, signatures } = await storedBundle(stores, seed, { patches });
  return { id, manifest, manifestBytes, signatures, createdAt: time(seed), createdBy: "operator" };
};

/** The move that puts `hotfix` live on `channel`. */
export const planLive = async (
  channel: ChannelState,
  { id }: HotfixToStore,
  disabled: readonly string[] = [],
) => {
  const context = { channel, message: "urgent", actor: "operator", at: time(2) };
  const to = { ...servedBy(channel), hotfixes: [...channel.hotfixes, id], disabled };
  const move = await planMove(context, "hotfix", to, `hotfix ${id}`);
  if (!move.ok) throw new Error(move.problem.message);
  return move.value;
};

const openWithModel = async (open: OpenStores): Promise<Stores> => {
  const stores = await open();
  await stores.models.register(await sampleModel(), time(0));
  return stores;
};

const stable = () => unreleasedChannel("sample", "stable");

/** What every HotfixStore keeps to, and every ChannelStore with it. */
export const hotfixStoreContract = (open: OpenStores): void => {
  describe("hotfix store", () => {
    it("stores a hotfix together with the move that puts it live, byte for byte", async () => {
      const stores = await open();
      await publishSamples(stores, [1]);
      const hotfix = await storedHotfix(stores, 5);
      const move = await planLive(stable(), hotfix, ["freezing", "norway"]);
      expect(await stores.channels.commit(move, hotfix)).toEqual({ ok: true, value: move.after });
      const { manifest: _, ...record } = hotfix;
      expect(await stores.hotfixes.findMany([hotfix.id])).toEqual({
        ok: true,
        value: [{ ...record, model: "sample" }],
      });
      expect(await stores.channels.find("sample", "stable")).toEqual({ ok: true, value: move.after });
      const history = await stores.channels.history("sample", "stable");
      expect(history).toEqual([move.audit]);
      expect(await verifyAudit(history, move.after)).toEqual({ ok: true, value: 1 });
    });

    it("finds several in the order asked for, and none for none", async () => {
      const stores = await openWithModel(open);
      const first = await storedHotfix(stores, 5);
      const second = await storedHotfix(stores, 6);
      const one = await planLive(stable(), first);
      await stores.channels.commit(one, first);
      await stores.channels.commit(await planLive(one.after, second), second);
      const found = await stores.hotfixes.findMany([second.id, first.id]);
      expect(found.ok && found.value.map(({ id }) => id)).toEqual([second.id, first.id]);
      expect(await stores.hotfixes.findMany([])).toEqual({ ok: true, value: [] });
      expect(await stores.hotfixes.findMany([first.id, await digestOfText("nothing")])).toMatchObject({
        problem: { code: "unknown_hotfix" },
      });
    });

    it("keeps the first storing of a hotfix that goes live again, on another channel too", async () => {
      const stores = await openWithModel(open);
      const hotfix = await storedHotfix(stores, 5);
      await stores.channels.commit(await planLive(stable(), hotfix), hotfix);
      const again = { ...hotfix, createdAt: time(9), createdBy: "another" };
      const elsewhere = await planLive(unreleasedChannel("sample", "canary"), hotfix);
      expect(await stores.channels.commit(elsewhere, again)).toMatchObject({ ok: true });
      expect(await stores.hotfixes.findMany([hotfix.id])).toMatchObject({
        value: [{ createdAt: time(5), createdBy: "operator" }],
      });
    });

    it("stores nothing and moves nothing where a blob is missing", async () => {
      const hotfix = await storedHotfix(await open(), 5);
      const stores = await openWithModel(open);
      expect(await stores.channels.commit(await planLive(stable(), hotfix), hotfix)).toMatchObject({
        problem: { code: "missing_blob", detail: { digests: blobDigests(hotfix.manifest) } },
      });
      expect(await stores.hotfixes.findMany([hotfix.id])).toMatchObject({ ok: false });
      expect(await stores.channels.find("sample", "stable")).toMatchObject({ ok: false });
    });

    it("lets one of 8 racing hotfixes win, and stores none of the losers", async () => {
      const stores = await openWithModel(open);
      const hotfixes: HotfixToStore[] = [];
      for (let seed = 1; seed <= 8; seed++) hotfixes.push(await storedHotfix(stores, seed));
      const moves = await Promise.all(hotfixes.map((hotfix) => planLive(stable(), hotfix)));
      const results = await Promise.all(
        moves.map((move, index) => stores.channels.commit(move, hotfixes[index])),
      );
      const winner = results.findIndex(({ ok }) => ok);
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      for (const [index, { id }] of hotfixes.entries())
        expect((await stores.hotfixes.findMany([id])).ok).toBe(index === winner);
      expect(await stores.channels.find("sample", "stable")).toMatchObject({
        value: { hotfixes: [hotfixes[winner]!.id], sequence: 1 },
      });
      expect(await stores.channels.history("sample", "stable")).toEqual([moves[winner]!.audit]);
    });

    it("hands out a bundle's signed bytes alone", async () => {
      const stores = await open();
      const [bundle] = await publishSamples(stores, [1]);
      const { id, manifestBytes, signatures } = bundle!;
      expect(await stores.bundles.signed(id)).toEqual({ ok: true, value: { id, manifestBytes, signatures } });
      expect(await stores.bundles.signed(await digestOfText("nothing"))).toMatchObject({
        problem: { code: "unknown_bundle" },
      });
    });
  });

  describe("a channel's moves", () => {
    it("come newest first, a page at a time", async () => {
      const stores = await openWithModel(open);
      const hotfix = await storedHotfix(stores, 1);
      let state = stable();
      for (const disabled of [[], ["a"], ["a", "b"]]) {
        const live = state.hotfixes.length > 0 ? { ...state, hotfixes: [] } : state;
        const move = await planLive(live, hotfix, disabled);
        await stores.channels.commit(move, hotfix);
        state = move.after;
      }
      const page = await stores.channels.moves("sample", "stable", { limit: 2 });
      expect([page.data.map(({ sequence }) => sequence), page.more]).toEqual([[3, 2], true]);
      const rest = await stores.channels.moves("sample", "stable", { limit: 2, below: 2 });
      expect([rest.data.map(({ to }) => to.disabled), rest.more]).toEqual([[[]], false]);
      expect(await stores.channels.moves("sample", "none yet", { limit: 2 })).toEqual({
        data: [],
        more: false,
      });
    });
  });
};
