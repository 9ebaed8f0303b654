import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, snapshotOf } from "../../http/support/service.ts";
import { bundleOfEdits, FRANCE, NORWAY } from "../support/bundles.ts";
import { openCli, type TestCli } from "../support/cli.ts";

let cli: TestCli;

const ON_TINY = ["--model", "tiny", "--message", "test"];

beforeEach(async () => {
  cli = await openCli();
  await cli.writeBundle("one", await bundleOfEdits(cli.service, [FRANCE]));
  await cli.writeBundle("two", await bundleOfEdits(cli.service, [FRANCE, NORWAY]));
  await cli.run("publish", "one");
  await cli.run("publish", "two");
});
afterEach(() => cli.close());

const served = async () =>
  (await cli.service.stores.channels.list("tiny")).map(
    ({ channel, target, sequence }) => `${channel} ${target?.version ?? "none"} ${sequence}`,
  );

describe("errata release", () => {
  it("points the channel to the version", async () => {
    const { exit, out } = await cli.run("release", "1", ...ON_TINY);
    expect(exit).toBe(0);
    expect(out).toBe(
      "released: none (the bare model) -> version 1 on tiny@stable, sequence 1\n" +
        'Next: errata ask "..." --model tiny@stable; if it is wrong, errata rollback --model tiny\n',
    );
    expect(await served()).toEqual(["stable 1 1"]);
  });

  it("changes nothing under --dry-run", async () => {
    const before = await snapshotOf(cli.service);
    const { exit, out } = await cli.run("release", "1", ...ON_TINY, "--dry-run");
    expect(exit).toBe(0);
    expect(out).toContain("would release: none (the bare model) -> version 1");
    expect(out).not.toContain("Next:");
    expect(await snapshotOf(cli.service)).toEqual(before);
  });

  it("ends with 4 for a version that is not published, and changes nothing", async () => {
    const before = await snapshotOf(cli.service);
    const { exit, json, err } = await cli.run("release", "7", ...ON_TINY, "--json");
    expect(exit).toBe(4);
    expect(json()).toMatchObject({ error: { code: "unknown_version", exit: 4 } });
    expect(err).toContain("next: List the versions with `errata list`.");
    expect(await snapshotOf(cli.service)).toEqual(before);
  });

  it("ends with 6 where the channel already serves the version", async () => {
    await cli.run("release", "1", ...ON_TINY);
    const { exit, json } = await cli.run("release", "1", ...ON_TINY, "--json");
    expect(exit).toBe(6);
    expect(json()).toMatchObject({ error: { code: "already_released" } });
  });

  it("demands a reason where nobody is there to be asked, and sends nothing", async () => {
    cli.requests.length = 0;
    const { exit, err } = await cli.run("release", "1", "--model", "tiny");
    expect(exit).toBe(2);
    expect(err).toContain("--message: expected the reason");
    expect(cli.requests).toEqual([]);
  });

  it("asks for the reason on a terminal and records the answer", async () => {
    const asked: string[] = [];
    const terminal = {
      write: () => undefined,
      writeError: () => undefined,
      live: true,
      style: { strong: String, faint: String, good: String, bad: String },
      askText: async (question: string) => {
        asked.push(question);
        return " the capital was wrong ";
      },
    };
    const { exit } = await cli.runWith({ terminal }, "release", "1", "--model", "tiny");
    expect(exit).toBe(0);
    expect(asked).toEqual(["Why? (kept in the channel's history)"]);
    const [row] = await cli.service.stores.channels.history("tiny", "stable");
    expect(row?.message).toBe("the capital was wrong");
  });
});

describe("errata rollback", () => {
  it("goes back one release at a time, down to the bare model, and then says so", async () => {
    await cli.run("release", "1", ...ON_TINY);
    await cli.run("release", "2", ...ON_TINY);
    const first = await cli.run("rollback", ...ON_TINY);
    expect(first.out).toBe(
      "rolled back: version 2 -> version 1 on tiny@stable, sequence 3\n" +
        "undid the release of sequence 2 (version 1 -> version 2): back to version 1\n" +
        "Next: errata history --model tiny\n",
    );
    const second = await cli.run("rollback", ...ON_TINY);
    expect(second.out).toBe(
      "rolled back: version 1 -> none (the bare model) on tiny@stable, sequence 4\n" +
        "undid the release of sequence 1 (none -> version 1): back to none\n" +
        "Next: errata history --model tiny\n",
    );
    const third = await cli.run("rollback", ...ON_TINY, "--json");
    expect(third.exit).toBe(6);
    expect(third.json()).toMatchObject({ error: { code: "nothing_to_roll_back" } });
  });

  it("goes to the version that --to names", async () => {
    await cli.run("release", "1", ...ON_TINY);
    await cli.run("release", "2", ...ON_TINY);
    expect((await cli.run("rollback", "--to", "none", ...ON_TINY)).exit).toBe(0);
    expect(await served()).toEqual(["stable none 3"]);
  });

  it("changes nothing under --dry-run", async () => {
    await cli.run("release", "1", ...ON_TINY);
    const before = await snapshotOf(cli.service);
    const { exit, json } = await cli.run("rollback", ...ON_TINY, "--dry-run", "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({ status: "would roll back", audit: null, after: { version: null } });
    expect(await snapshotOf(cli.service)).toEqual(before);
  });
});

describe("errata history", () => {
  it("shows every move, newest first, with the chain verified", async () => {
    await cli.run("release", "1", "--model", "tiny", "--message", "first");
    await cli.run("rollback", "--model", "tiny", "--message", "it was wrong");
    const { exit, out } = await cli.run("history", "--model", "tiny");
    expect(exit).toBe(0);
    expect(out).toBe(
      [
        "SEQ  ACTION    FROM  TO    WHEN                      WHO          MESSAGE",
        `2    rollback  1     none  ${NOW}  local-admin  it was wrong`,
        "     undid the release of sequence 1 (none -> version 1): back to none",
        `1    release   none  1     ${NOW}  local-admin  first`,
        "",
        "chain verified: 2 moves of tiny@stable\n",
      ].join("\n"),
    );
  });

  it("finds a row that was altered in the database", async () => {
    await cli.run("release", "1", ...ON_TINY);
    await cli.run("release", "2", ...ON_TINY);
    const { channels } = cli.service.stores;
    const honest = channels.moves;
    const altered: typeof channels.moves = async (model, channel, page) => {
      const { data, more } = await honest(model, channel, page);
      const forged = data.map((row) =>
        row.sequence === 1 ? { ...row, message: "nothing to see here" } : row,
      );
      return { data: forged, more };
    };
    Object.assign(channels, { moves: altered });
    const { exit, json } = await cli.run("history", "--model", "tiny", "--json");
    expect(exit).toBe(8);
    expect(json()).toMatchObject({ error: { code: "corrupt_store", detail: { sequence: 1 } } });
  });

  it("shows the newest moves, and older ones on demand, and verifies all of 101 either way", async () => {
    for (let move = 0; move < 101; move++) await cli.run("release", String(1 + (move % 2)), ...ON_TINY);
    const newest = await cli.run("history", "--model", "tiny", "--limit", "2");
    expect(newest.out).toMatch(/^101 .*\n100 /m);
    expect(newest.out).not.toMatch(/^99 /m);
    expect(newest.out).toContain("chain verified: 101 moves of tiny@stable");
    expect(newest.out).toContain("older moves: errata history --below 100");
    const older = await cli.run("history", "--model", "tiny", "--below", "3", "--json");
    expect(older.json()).toMatchObject({ moves: [{ sequence: 2 }, { sequence: 1 }], more: false });
  });

  it("says that a channel has not moved yet", async () => {
    const { exit, json } = await cli.run("history", "--model", "tiny", "--json");
    expect(exit).toBe(0);
    expect(json()).toMatchObject({ moves: [], verified: true, channel: { sequence: 0 } });
  });
});
