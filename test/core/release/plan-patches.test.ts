import { describe, expect, it } from "vitest";
import {
  CHANNEL_MAX_DISABLED,
  CHANNEL_MAX_HOTFIXES,
  type ChannelState,
  unreleasedChannel,
} from "../../../src/core/release/channel.ts";
import { catalogPatches } from "../../../src/core/release/patch-catalog.ts";
import { planHotfix } from "../../../src/core/release/plan-hotfix.ts";
import { planToggle } from "../../../src/core/release/plan-toggle.ts";
import { targetOf } from "../support/channel-bench.ts";
import { bundleSource, digestNumber, hotfixSource, manifestOf } from "../support/sample-catalog.ts";

const context = (channel: Partial<ChannelState> = {}) => ({
  channel: { ...unreleasedChannel("world", "stable"), target: targetOf(1), ...channel },
  message: "why",
  actor: "operator",
  at: "2026-01-01T00:00:00.000Z",
});

const CATALOG = catalogPatches([bundleSource("canberra:1", "ottawa:2")], []);
const HOTFIX = { id: digestNumber(70), manifest: manifestOf("bern:7"), disable: [] };

describe("planHotfix", () => {
  it("adds a hotfix and disables what it supersedes, in one move", async () => {
    const planned = await planHotfix(context(), CATALOG, { ...HOTFIX, disable: ["canberra"] });
    expect(planned).toMatchObject({
      ok: true,
      value: {
        audit: {
          action: "hotfix",
          summary: "hotfix 000000000000 adds bern; disabled canberra",
          from: { target: targetOf(1), hotfixes: [], disabled: [] },
          to: { target: targetOf(1), hotfixes: [HOTFIX.id], disabled: ["canberra"] },
        },
      },
    });
  });

  it("has nothing to do for one that is live, unless something is still to be disabled", async () => {
    const live = context({ hotfixes: [HOTFIX.id] });
    const catalog = catalogPatches([bundleSource("canberra:1"), hotfixSource(70, "bern:7")], []);
    expect(await planHotfix(live, catalog, HOTFIX)).toEqual({ ok: true, value: null });
    expect(await planHotfix(live, catalog, { ...HOTFIX, disable: ["canberra"] })).toMatchObject({
      value: { after: { hotfixes: [HOTFIX.id], disabled: ["canberra"] } },
    });
  });

  it.each([
    ["an id that the channel has", { manifest: manifestOf("canberra:9") }, "edit_conflict"],
    ["no patches", { manifest: manifestOf() }, "malformed_manifest"],
    ["an unknown patch to disable", { disable: ["nowhere"] }, "unknown_patch"],
  ])("refuses %s", async (_, change, code) => {
    const planned = await planHotfix(context(), CATALOG, { ...HOTFIX, ...change });
    expect(planned).toMatchObject({ ok: false, problem: { code } });
  });

  it("takes the 50th hotfix of a channel and not one more", async () => {
    expect(CHANNEL_MAX_HOTFIXES).toBe(50);
    const many = (count: number) =>
      context({ hotfixes: Array.from({ length: count }, (_, index) => digestNumber(1_000 + index)) });
    expect(await planHotfix(many(49), CATALOG, HOTFIX)).toMatchObject({ ok: true });
    expect(await planHotfix(many(50), CATALOG, HOTFIX)).toMatchObject({
      problem: { code: "limit_exceeded", param: "hotfixes" },
    });
  });
});

describe("planToggle", () => {
  it("disables and enables one patch", async () => {
    const off = await planToggle(context(), CATALOG, "ottawa", "disable");
    expect(off).toMatchObject({
      value: {
        audit: {
          action: "disable",
          summary: "disabled patch ottawa of the bundle",
          to: { disabled: ["ottawa"] },
        },
      },
    });
    const catalog = catalogPatches([bundleSource("canberra:1"), hotfixSource(70, "bern:7")], ["bern"]);
    const on = await planToggle(context({ disabled: ["bern"] }), catalog, "bern", "enable");
    expect(on).toMatchObject({
      value: {
        audit: {
          action: "enable",
          summary: "enabled patch bern of hotfix 000000000000",
          to: { disabled: [] },
        },
      },
    });
  });

  it("says that what a patch superseded stays off when the patch goes off", async () => {
    const edits = [{ ...bundleSource("ottawa:1").manifest.edits[0]! }];
    const again = hotfixSource(70, "ottawa-2:7");
    const same = { ...again, manifest: { ...again.manifest, edits } };
    const summaryOf = async (disabled: readonly string[]) => {
      const catalog = catalogPatches([bundleSource("ottawa:1"), same], disabled);
      const off = await planToggle(context({ disabled }), catalog, "ottawa-2", "disable");
      return off.ok ? off.value?.audit.summary : off.problem.message;
    };
    const plain = "disabled patch ottawa-2 of hotfix 000000000000";
    expect(await summaryOf(["ottawa"])).toBe(
      `${plain}; ottawa, of the same prompt, stays disabled: nothing corrects it now`,
    );
    expect(await summaryOf([])).toBe(plain);
  });

  it("takes what was solved over several blocks off as a whole, whichever of its patches is named", async () => {
    const ids = ["memit-group-1.block-1", "memit-group-1.block-2"];
    const bundle = bundleSource(...ids.map((id, index) => `${id}:${index + 1}`), "ottawa:3");
    const together = {
      ...bundle,
      manifest: {
        ...bundle.manifest,
        patches: bundle.manifest.patches.map((patch, index) =>
          index < 2 ? { ...patch, edits: [0, 1] } : patch,
        ),
      },
    };
    const off = await planToggle(context(), catalogPatches([together], []), ids[1]!, "disable");
    expect(off).toMatchObject({ value: { audit: { to: { disabled: ids } } } });
    const half = catalogPatches([together], [ids[0]!]);
    const on = await planToggle(context({ disabled: [ids[0]!] }), half, ids[1]!, "enable");
    expect(on).toMatchObject({ value: { audit: { to: { disabled: [] } } } });
    const alone = await planToggle(context(), catalogPatches([bundle], []), ids[1]!, "disable");
    expect(alone).toMatchObject({ value: { audit: { to: { disabled: [ids[1]] } } } });
  });

  it("has nothing to do where it is so already", async () => {
    expect(await planToggle(context(), CATALOG, "ottawa", "enable")).toEqual({ ok: true, value: null });
    const catalog = catalogPatches([bundleSource("canberra:1")], ["canberra"]);
    const off = await planToggle(context({ disabled: ["canberra"] }), catalog, "canberra", "disable");
    expect(off).toEqual({ ok: true, value: null });
  });

  it.each([
    ["canbera", ["canberra"]],
    ["otta", ["ottawa"]],
    ["quite something else", []],
  ])("refuses the unknown id %s, naming near ones", async (id, near) => {
    expect(await planToggle(context(), CATALOG, id, "disable")).toMatchObject({
      problem: { code: "unknown_patch", param: "patch", detail: { near } },
    });
  });

  it("disables the 200th patch of a channel and not one more", async () => {
    expect(CHANNEL_MAX_DISABLED).toBe(200);
    const ids = Array.from({ length: 201 }, (_, index) => `p${index}`);
    const toggle = (count: number) => {
      const disabled = ids.slice(0, count);
      return planToggle(
        context({ disabled }),
        catalogPatches([bundleSource(...ids)], disabled),
        "p200",
        "disable",
      );
    };
    expect(await toggle(199)).toMatchObject({ ok: true });
    expect(await toggle(200)).toMatchObject({ problem: { code: "limit_exceeded", param: "disabled" } });
  });
});
