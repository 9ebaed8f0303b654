import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { snapshotOf } from "../../http/support/service.ts";
import { bundleOfEdits, FRANCE, NORWAY } from "../support/bundles.ts";
import { openCli, type TestCli } from "../support/cli.ts";

let cli: TestCli;

const PROMPT = "The author of the book is";
const ON_TINY = ["--model", "tiny"];
const SETTINGS = [...ON_TINY, "--set", "layer=2", "radius=0.05"];
const hotfix = (target: string, ...options: string[]) =>
  cli.run("hotfix", PROMPT, target, ...SETTINGS, ...options);

const answer = async () => {
  const { json } = await cli.run("ask", PROMPT, ...ON_TINY, "--json");
  return json() as { text: string; errata: { fired: { patch: string; hotfix: string | null }[] } };
};

beforeEach(async () => {
  cli = await openCli();
});
afterEach(() => cli.close());

describe("errata hotfix", () => {
  it("shows the answers before and after, then puts the correction live for the next request", async () => {
    const before = await answer();
    const { exit, out, err } = await hotfix("Oslo");
    expect([exit, err]).toEqual([0, expect.stringContaining("asking again")]);
    expect(out).toContain(PROMPT);
    expect(out).toContain("1 of 1 edit fixed");
    expect(out).toMatch(
      /live: none \(the bare model\) -> none with 1 hotfix on tiny@stable, sequence 1\nhotfix [0-9a-f]{12} adds the-author-of-the-book-is\n$/,
    );
    const after = await answer();
    expect([before.text === " Oslo", after.text]).toEqual([false, " Oslo"]);
    expect(after.errata.fired).toMatchObject([
      { patch: "the-author-of-the-book-is", hotfix: expect.stringMatching(/^sha256:/) },
    ]);
    const [row] = await cli.service.stores.channels.history("tiny", "stable");
    expect(row).toMatchObject({ action: "hotfix", message: `${PROMPT} -> Oslo` });
    const asked = await cli.run("ask", PROMPT, ...ON_TINY);
    expect(asked.out).toMatch(
      /answered by none with 1 hotfix on tiny@stable\n.* of hotfix [0-9a-f]{12}: codebook/,
    );
  });

  it("supersedes the hotfix that corrected the same prompt", async () => {
    await hotfix("Oslo");
    const { exit, json } = await hotfix("Paris", "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({
      status: "live",
      supersedes: ["the-author-of-the-book-is"],
      after: { disabled: ["the-author-of-the-book-is"] },
      audit: { sequence: 2 },
    });
    const { text, errata } = await answer();
    expect([text, errata.fired[0]?.patch]).toEqual([" Paris", "the-author-of-the-book-is-2"]);
    expect((await cli.run("rollback", ...ON_TINY, "--message", "no")).out).toContain(
      "undid the hotfix of sequence 2",
    );
    expect((await answer()).text).toBe(" Oslo");
  });

  it("skips what the model answers already, and writes nothing", async () => {
    await hotfix("Oslo");
    const before = await snapshotOf(cli.service);
    const { exit, out } = await hotfix("Oslo");
    expect([exit, out]).toEqual([
      0,
      expect.stringMatching(
        /^skipped "The author of the book is": the model already answers.*\n\nNothing to correct/,
      ),
    ]);
    expect(out).not.toContain("fixed");
    expect((await hotfix("Oslo", "--json")).json()).toMatchObject({ status: "skipped", hotfix: null });
    expect(await snapshotOf(cli.service)).toEqual(before);
  });

  it("changes nothing under --dry-run", async () => {
    const before = await snapshotOf(cli.service);
    const { exit, json } = await hotfix("Oslo", "--dry-run", "--json");
    expect([exit, json()]).toMatchObject([0, { status: "would go live", counts: { fixed: 1 } }]);
    expect(await snapshotOf(cli.service)).toEqual(before);
  });

  it("ends with 7 where the prompt is not fixed, and changes nothing", async () => {
    const before = await snapshotOf(cli.service);
    const { exit, json } = await hotfix("Oslo", "steps=1", "--json");
    expect([exit, json()]).toMatchObject([7, { error: { code: "edit_not_converged" } }]);
    expect(await snapshotOf(cli.service)).toEqual(before);
  });

  it.each([
    ["n", 130],
    ["y", 0],
  ])("asks a person at the terminal, who answers %s", async (reply, exit) => {
    const asked: string[] = [];
    const terminal = {
      write: () => undefined,
      writeError: () => undefined,
      live: true,
      style: { strong: String, faint: String, good: String, bad: String },
      askText: async (question: string) => {
        asked.push(question);
        return reply;
      },
    };
    const run = await cli.runWith({ terminal }, "hotfix", PROMPT, "Oslo", ...SETTINGS);
    expect([run.exit, asked]).toEqual([exit, ["Put this live on stable? (y/N)"]]);
    expect((await cli.service.stores.channels.list()).length).toBe(exit === 0 ? 1 : 0);
    asked.length = 0;
    await cli.runWith({ terminal }, "hotfix", PROMPT, "Paris", ...SETTINGS, "--yes");
    expect(asked).toEqual([]);
  });
});

describe("the patches of a channel", () => {
  beforeEach(async () => {
    await cli.writeBundle("one", await bundleOfEdits(cli.service, [FRANCE, NORWAY]));
    await cli.run("publish", "one");
    await cli.run("release", "1", ...ON_TINY, "--message", "first");
    await hotfix("Oslo");
  });

  it("are listed with their edits, sources and states, and toggled", async () => {
    const off = await cli.run("patch", "disable", "norway", ...ON_TINY, "--message", "wrong");
    expect(off.out).toBe(
      "disabled: version 1 with 1 hotfix -> version 1 with 1 hotfix without 1 patch on tiny@stable, sequence 3\n" +
        "disabled patch norway of the bundle\n",
    );
    const listed = await cli.run("patch", "list", ...ON_TINY);
    expect(listed.out).toMatch(/^france +attached +codebook +2 +version 1 +Oslo +The capital of France is$/m);
    expect(listed.out).toMatch(
      /^norway +disabled +codebook +2 +version 1 +Paris +The capital of Norway is$/m,
    );
    expect(listed.out).toMatch(
      /^the-author-of-the-book-is +attached +codebook +2 +hotfix [0-9a-f]{12} +Oslo +The author/m,
    );
    const again = await cli.run("patch", "disable", "norway", ...ON_TINY, "--message", "wrong");
    expect([again.exit, again.out]).toEqual([
      0,
      "already disabled on tiny@stable, sequence 3: nothing to do\n",
    ]);
    const on = await cli.run("patch", "enable", "norway", ...ON_TINY, "--message", "right");
    expect(on.out).toContain("enabled patch norway of the bundle");
    const unknown = await cli.run("patch", "disable", "norwey", ...ON_TINY, "--message", "wrong");
    expect([unknown.exit, unknown.err]).toEqual([
      4,
      expect.stringMatching(
        /Did you mean norway\?\nnext: List the channel's patches with `errata patch list`/,
      ),
    ]);
  });

  it("become the next bundle by errata bundle absorb, and the hotfix leaves the channel with it", async () => {
    await cli.run("patch", "disable", "norway", ...ON_TINY, "--message", "wrong");
    const absorbed = await cli.run("bundle", "absorb", ...ON_TINY, "--out", "next");
    expect(absorbed.out).toMatch(
      /absorbed hotfix [0-9a-f]{12}: the-author-of-the-book-is\nleft out: norway\nWrote sha256:/,
    );
    expect((await cli.run("publish", "next")).out).toContain("0 blobs uploaded, 4 already there");
    const released = await cli.run("release", "2", ...ON_TINY, "--message", "absorbed");
    expect(released.out).toMatch(
      /absorbed hotfix [0-9a-f]{12}; no longer there to disable: norway\nNext: errata ask/,
    );
    expect(await cli.service.stores.channels.find("tiny", "stable")).toMatchObject({
      value: { target: { version: 2 }, hotfixes: [], disabled: [] },
    });
    expect((await answer()).errata.fired).toMatchObject([
      { patch: "the-author-of-the-book-is", hotfix: null },
    ]);
    const nothing = await cli.run("bundle", "absorb", ...ON_TINY, "--out", "more");
    expect([nothing.exit, nothing.err]).toEqual([2, expect.stringContaining("nothing to absorb")]);
    const history = await cli.run("history", ...ON_TINY);
    expect(history.out).toContain("chain verified: 4 moves");
    expect(history.out).toMatch(/^2 +hotfix +1 +1 with 1 hotfix /m);
  });
});
