import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { PATCH_KIND_NAMES } from "../src/core/patch/patch.ts";

const SOURCE = resolve(import.meta.dirname, "../src");

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
  cli: ["client", "core", "edit", "engine", "eval", "onnx", "plot", "train", "workshop", "world"],
  "worker.ts": ["core", "engine", "http", "service", "store"],
};

/** Single imports that the rule above leaves no way for, each with its reason. */
const EXCEPTIONS: readonly string[] = [
  // The one place that loads onnxruntime-node, for the engine's Node backend as for offline graphs.
  "engine/backends/node/node-backend.ts -> onnx/native-runtime.ts",
];

/** Folders among whose rooms imports still run in a circle; each goes with the move that mends it. */
const UNTIL_MENDED: readonly string[] = ["cli", "core/patch", "edit", "eval"];

/** Files that may touch the process they run in: the command line's roots, what starts services, and the loader. */
const MAY_TOUCH_PROCESS =
  /^(cli\/main\.ts|workshop\/workers\/task-worker\.ts|workshop\/local-service\/.*|onnx\/native-runtime\.ts)$/;

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);
const textOf = (file: string): string => readFileSync(resolve(SOURCE, file), "utf8");
const topOf = (file: string): string => file.split("/")[0]!;

/** The folders that a file stands in, from the nearest to `src` itself, which is "". */
const foldersAbove = (file: string): string[] => {
  const parent = dirname(file);
  return parent === "." ? [""] : [parent, ...foldersAbove(parent)];
};

/** The files and packages that `file` names in imports, files as paths below `src`. */
const importsOf = (file: string, statements = /(?:from|import)\s*\(?\s*"([^"]+)"/g): string[] =>
  [...textOf(file).matchAll(statements)].map(([, source]) =>
    source!.startsWith(".")
      ? relative(SOURCE, resolve(SOURCE, dirname(file), source!)).replaceAll("\\", "/")
      : source!,
  );

describe("imports point inward", () => {
  it("in every folder there is", () => {
    expect([...new Set(files.map(topOf))].sort()).toEqual(
      [...Object.keys(MAY_IMPORT)].filter((top) => files.some((file) => topOf(file) === top)).sort(),
    );
    expect(files.length).toBeGreaterThan(200);
  });

  it.each(Object.entries(MAY_IMPORT))("from %s to %j", (top, allowed) => {
    const wrong = files
      .filter((file) => topOf(file) === top)
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ target }) => Object.hasOwn(MAY_IMPORT, topOf(target)))
      .filter(({ target }) => topOf(target) !== top && !allowed.includes(topOf(target)))
      .map(({ file, target }) => `${file} -> ${target}`)
      .filter((found) => !EXCEPTIONS.includes(found));
    expect(wrong).toEqual([]);
  });

  it.each(EXCEPTIONS)("but for %s, which is still needed", (exception) => {
    const [file, target] = exception.split(" -> ") as [string, string];
    expect(importsOf(file)).toContain(target);
  });
});

/** Circles among `nodes`, each as its members; `next` are those that a node leads to. Tarjan's algorithm. */
const circlesAmong = (nodes: readonly string[], next: (node: string) => readonly string[]): string[][] => {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.get(node)!);
    open.push(node);
    for (const target of next(node)) {
      if (!order.has(target)) visit(target);
      if (open.includes(target)) lowest.set(node, Math.min(lowest.get(node)!, lowest.get(target)!));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const circle = open.splice(open.indexOf(node));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const node of nodes) if (!order.has(node)) visit(node);
  return circles;
};

describe("imports run in no circle, types counted", () => {
  it("as the finder of circles would say", () => {
    const graph: Record<string, string[]> = { a: ["b"], b: ["c", "d"], c: ["b"], d: ["e"], e: [] };
    expect(circlesAmong(Object.keys(graph), (node) => graph[node]!)).toEqual([["b", "c"]]);
    graph.e = ["a"];
    expect(circlesAmong(Object.keys(graph), (node) => graph[node]!)).toEqual([["a", "b", "c", "d", "e"]]);
  });

  const targets = new Map(
    files.map((file) => [file, importsOf(file).filter((target) => files.includes(target))]),
  );

  it("from file to file", () => {
    expect(circlesAmong(files, (file) => targets.get(file)!)).toEqual([]);
  });

  /** Every folder; what stands in it, a file or a folder each, is what a circle could run among. */
  const folders = [...new Set(files.flatMap((file) => foldersAbove(file)))].sort();

  it.each(folders.filter((folder) => !UNTIL_MENDED.includes(folder)))(
    "among what stands in src/%s",
    (folder) => {
      const inFolder = (file: string): string | undefined => {
        const rest =
          folder === "" ? file : file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : "";
        return rest.split("/")[0] || undefined;
      };
      const edges = new Map<string, Set<string>>();
      for (const [file, imported] of targets)
        for (const target of imported) {
          const [from, to] = [inFolder(file), inFolder(target)];
          if (from !== undefined && to !== undefined && from !== to)
            edges.set(from, (edges.get(from) ?? new Set()).add(to));
        }
      expect(circlesAmong([...edges.keys()], (node) => [...(edges.get(node) ?? [])])).toEqual([]);
    },
  );
});

it("a folder holds at most 24 source files", () => {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect(Math.max(...counts.values())).toBeGreaterThan(10);
  expect([...counts].filter(([, count]) => count > 24)).toEqual([]);
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
    const wrong = files
      .filter((file) => file.startsWith("edit/") && !["edit/methods.ts", "edit/tasks.ts"].includes(file))
      .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
      .filter(({ file, target }) => folderOf(target) !== undefined && folderOf(target) !== folderOf(file))
      .map(({ file, target }) => `${file} -> ${target}`);
    expect(wrong).toEqual([]);
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
    const branching = files.filter((file) => branch.test(textOf(file)));
    expect(branching).toContain("core/patch/kinds/codebook.ts");
    expect(branching.filter((file) => !file.startsWith("core/patch/kinds/"))).toEqual([]);
  });

  it("know nothing of bundles, which are made of patches", () => {
    const wrong = files
      .filter((file) => file.startsWith("core/patch/"))
      .filter((file) => importsOf(file).some((target) => /^core\/(?:bundle|release)\//.test(target)));
    expect(wrong).toEqual([]);
  });
});

describe("the Worker", () => {
  it("carries no offline code and nothing of Node", () => {
    // An import of types alone is erased; it puts nothing into the upload.
    const values = /(?:^|\n)(?:import|export)(?! type)[^;]*?from\s+"([^"]+)"/g;
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      if (files.includes(file)) importsOf(file, values).forEach(visit);
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
      files.filter((file) => /\benv\.[A-Z]/.test(textOf(file)) && !MAY_TOUCH_PROCESS.test(file)),
    ).toEqual(["worker.ts"]);
    expect(files.filter((file) => importsOf(file).includes("cloudflare:workers"))).toEqual([]);
  });
});

describe("the process", () => {
  it("is touched by the command line's root and what starts services only", () => {
    const touching = files.filter((file) => /\bprocess\.[a-z]|"node:process"/.test(textOf(file)));
    expect(touching).toContain("cli/main.ts");
    expect(touching.filter((file) => !MAY_TOUCH_PROCESS.test(file))).toEqual([]);
  });
});
