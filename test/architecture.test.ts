import { readdirSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { PATCH_KIND_NAMES } from "../src/core/patch/patch.ts";
import { findCircles } from "./support/find-circles.ts";
import {
  asLines,
  IMPORTS,
  importsOf,
  SOURCE,
  SOURCE_FILES,
  textOf,
  withoutComments,
} from "./support/source-files.ts";

/** What each folder may import from, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  plot: ["core"],
  wire: ["core"],
  optim: ["core"],
  onnx: ["core"],
  store: ["core"],
  world: ["core", "optim"],
  engine: ["core", "optim"],
  service: ["core", "engine", "store"],
  http: ["core", "engine", "service", "store", "wire"],
  client: ["core", "wire"],
  train: ["core", "engine", "onnx", "optim", "plot", "world"],
  edit: ["core", "engine", "onnx", "optim", "plot"],
  // The tables that the default model learnt from are the data set that it is measured on.
  eval: ["core", "edit", "engine", "onnx", "optim", "plot", "world"],
  workshop: ["client", "core", "edit", "engine", "eval", "onnx", "optim", "plot", "train", "world"],
  cli: ["client", "core", "edit", "eval", "onnx", "plot", "train", "workshop"],
  "worker.ts": ["core", "engine", "http", "service", "store"],
};

/** Single imports that the rule above leaves no way for, each with its reason. */
const EXCEPTIONS: readonly string[] = [
  // The one place that loads onnxruntime-node, for the engine's Node backend as for offline graphs.
  "engine/backends/node/node-backend.ts -> onnx/native-runtime.ts",
];

/** Files that may touch the process they run in: the roots, what starts services, and the loader. */
const MAY_TOUCH_PROCESS =
  /^(cli\/main\.ts|workshop\/open-workshop\.ts|workshop\/workers\/task-worker\.ts|workshop\/local-service\/.*|onnx\/native-runtime\.ts)$/;

/** Most source files that stand in a folder itself, and most lines of a file. */
const MOST_FILES = 24;
const MOST_LINES = 400;

/** What imports no other of its sort: `one` captures its name in a file's path. */
const STRANGERS: readonly (readonly [sort: string, one: RegExp])[] = [
  ["command", /^cli\/commands\/(?!index\.ts|.*-command\.ts)(.+)\.ts$/],
  ["route", /^http\/routes\/(?!.*-parts\.ts)(.+)\.ts$/],
  ["backend", /^engine\/backends\/([^/]+)\//],
  ["store", /^store\/([^/]+)\//],
  ["kind of patch", /^core\/patch\/kinds\/(?!patch-kinds\.ts)(.+)\.ts$/],
  ["kind of patch in the engine", /^engine\/patching\/kinds\/(?!engine-kinds?\.ts)(.+)\.ts$/],
  ["sort of data", /^eval\/data\/(counterfact|jsonl|mquake|world|zsre)\.ts$/],
];

const topOf = (file: string): string => file.split("/")[0]!;

/** The folders that a file stands in, from the nearest to `src` itself, which is "". */
const foldersAbove = (file: string): readonly string[] => {
  const parent = dirname(file);
  return parent === "." ? [""] : [parent, ...foldersAbove(parent)];
};

describe("imports point inward", () => {
  it("in every folder there is", () => {
    expect([...new Set(SOURCE_FILES.map(topOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
    expect(IMPORTS.length).toBeGreaterThan(SOURCE_FILES.length);
  });

  it.each(Object.entries(MAY_IMPORT))("from %s to %j", (top, allowed) => {
    const wrong = IMPORTS.filter(({ file }) => topOf(file) === top).filter(
      ({ target }) => topOf(target) !== top && !allowed.includes(topOf(target)),
    );
    expect(asLines(wrong).filter((line) => !EXCEPTIONS.includes(line))).toEqual([]);
  });

  it.each(EXCEPTIONS)("but for %s, which is still needed", (exception) => {
    expect(asLines(IMPORTS)).toContain(exception);
  });

  it.each(STRANGERS)("from no %s to another", (_, one) => {
    const nameOf = (file: string) => one.exec(file)?.[1];
    expect(new Set(SOURCE_FILES.flatMap((file) => nameOf(file) ?? [])).size).toBeGreaterThan(1);
    const wrong = IMPORTS.filter(({ file, target }) => {
      const [from, to] = [nameOf(file), nameOf(target)];
      return from !== undefined && to !== undefined && from !== to;
    });
    expect(asLines(wrong)).toEqual([]);
  });
});

describe("imports run in no circle, types counted", () => {
  const circlesAmong = (edges: readonly (readonly [from: string, to: string])[]) => {
    const targets = Map.groupBy(edges, ([from]) => from);
    return findCircles(new Map([...targets].map(([from, out]) => [from, out.map(([, to]) => to)])));
  };

  /** Circles among what stands in a folder, a file or a folder each. */
  const circlesIn = (folder: string) => {
    const inFolder = (file: string) =>
      folder === "" || file.startsWith(`${folder}/`)
        ? file.slice(folder === "" ? 0 : folder.length + 1).split("/")[0]
        : undefined;
    const edges = IMPORTS.flatMap(({ file, target }) => {
      const [from, to] = [inFolder(file), inFolder(target)];
      return from !== undefined && to !== undefined && from !== to ? [[from, to] as const] : [];
    });
    return circlesAmong(edges);
  };

  it("as the search for circles would say", () => {
    const edges = ["ab", "bc", "bd", "cb", "de"].map((edge) => [edge[0]!, edge[1]!] as const);
    expect(circlesAmong(edges)).toEqual([["b", "c"]]);
    expect(circlesAmong([...edges, ["e", "a"]])).toEqual([["a", "b", "c", "d", "e"]]);
    expect(circlesAmong([...edges, ["e", "e"]])).toEqual([["e"], ["b", "c"]]);
  });

  it("from file to file", () => {
    expect(circlesAmong(IMPORTS.map(({ file, target }) => [file, target] as const))).toEqual([]);
  });

  const folders = [...new Set(SOURCE_FILES.flatMap(foldersAbove))].sort();

  it.each(folders)("among what stands in src/%s", (folder) => {
    expect(circlesIn(folder)).toEqual([]);
  });
});

describe("a house that can be read", () => {
  it(`has at most ${MOST_FILES} source files in a folder`, () => {
    const folders = Map.groupBy(SOURCE_FILES, dirname);
    expect(folders.size).toBeGreaterThan(30);
    expect([...folders].filter(([, inside]) => inside.length > MOST_FILES).map(([name]) => name)).toEqual([]);
  });

  it(`has at most ${MOST_LINES} lines in a file`, () => {
    const linesOf = (file: string) => textOf(file).split("\n").length - 1;
    expect(SOURCE_FILES.filter((file) => linesOf(file) > MOST_LINES)).toEqual([]);
  });
});

describe("a method's folder", () => {
  /** The folders that the table of methods names. */
  const methods = importsOf("edit/methods.ts")
    .map((target) => /^edit\/([^/]+)\/\1\.ts$/.exec(target)?.[1])
    .filter((name) => name !== undefined);
  const folderOf = (file: string): string | undefined =>
    methods.find((name) => file.startsWith(`edit/${name}/`));

  it("is imported by no other method and no shared room, only by the tables of methods and tasks", () => {
    expect(methods.length).toBeGreaterThanOrEqual(7);
    const wrong = IMPORTS.filter(({ file }) => file.startsWith("edit/"))
      .filter(({ file }) => !["edit/methods.ts", "edit/tasks.ts"].includes(file))
      .filter(({ file, target }) => folderOf(target) !== undefined && folderOf(target) !== folderOf(file));
    expect(asLines(wrong)).toEqual([]);
  });
});

describe("the configurations of the rooms", () => {
  const rooms = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("tsconfig.json"))
    .map((name) => dirname(name))
    .filter((room) => room !== ".");

  it("are there for every folder", () => {
    const folders = Object.keys(MAY_IMPORT).filter((top) => !top.endsWith(".ts"));
    expect(rooms.filter((room) => !room.includes("/")).sort()).toEqual(folders.sort());
  });

  it.each(rooms)("let the compiler see no more than %s may import", (room) => {
    const { references = [] } = JSON.parse(textOf(`${room}/tsconfig.json`)) as {
      references?: readonly { readonly path: string }[];
    };
    const seen = references.map(({ path }) => topOf(relative(SOURCE, resolve(SOURCE, room, path))));
    const allowed = [topOf(room), ...MAY_IMPORT[topOf(room)]!];
    const excepted = EXCEPTIONS.filter((exception) => exception.startsWith(`${room}/`)).map((exception) =>
      topOf(exception.split(" -> ")[1]!),
    );
    expect(seen.filter((top) => ![...allowed, ...excepted].includes(top))).toEqual([]);
  });
});

describe("kinds of patches", () => {
  const names = PATCH_KIND_NAMES.join("|");
  /** A comparison with a kind's name, whichever side it stands on. */
  const branch = new RegExp(`(?:[!=]==?\\s*|case\\s+)"(?:${names})"|"(?:${names})"\\s*[!=]==?`);

  it("are told apart in their table alone: whoever needs one kind asks its guard, whoever takes all asks the table", () => {
    const branching = SOURCE_FILES.filter((file) => branch.test(textOf(file)));
    expect(branching).toContain("core/patch/kinds/codebook.ts");
    expect(branching.filter((file) => !file.startsWith("core/patch/kinds/"))).toEqual([]);
  });

  it("know nothing of bundles, which are made of patches", () => {
    const wrong = IMPORTS.filter(({ file }) => file.startsWith("core/patch/")).filter(({ target }) =>
      /^core\/(?:bundle|release)\//.test(target),
    );
    expect(asLines(wrong)).toEqual([]);
  });
});

describe("the Worker", () => {
  it("carries no offline code and nothing of Node", () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      // An import of types alone is erased; it puts nothing into the upload.
      if (SOURCE_FILES.includes(file)) importsOf(file, { types: false }).forEach(visit);
    };
    visit("worker.ts");
    expect(reached).toContain("http/app.ts");
    expect(reached).toContain("engine/backends/workerd/workerd-backend.ts");
    expect(
      [...reached].filter((name) =>
        /^(node:|onnx\/|edit\/|eval\/|train\/|workshop\/|client\/|cli\/)/.test(name),
      ),
    ).toEqual([]);
  });

  it("alone reads its settings", () => {
    expect(
      SOURCE_FILES.filter((file) => /\benv\.[A-Z]/.test(textOf(file)) && !MAY_TOUCH_PROCESS.test(file)),
    ).toEqual(["worker.ts"]);
    expect(SOURCE_FILES.filter((file) => importsOf(file).includes("cloudflare:workers"))).toEqual([]);
  });
});

describe("the process", () => {
  it("is touched by the command line's root and what starts services only", () => {
    const touching = SOURCE_FILES.filter((file) =>
      /\bprocess\.[a-z]|"node:process"/.test(withoutComments(textOf(file))),
    );
    expect(touching).toContain("cli/main.ts");
    expect(touching.filter((file) => !MAY_TOUCH_PROCESS.test(file))).toEqual([]);
  });
});
