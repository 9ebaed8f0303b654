import { execFile } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const REPOSITORY = join(import.meta.dirname, "..");

/** A folder of samples beside `src`, so that a room's own configuration can be tried on code that is none of its. */
const SAMPLES = join(REPOSITORY, ".room-globals");

/** One use of each global that some rooms have and others must not. */
const USES = {
  process: "process.exit()",
  Buffer: 'Buffer.from("")',
  setImmediate: "setImmediate(() => {})",
  document: "document.title",
  window: "window.open()",
  D1Database: "(database: D1Database) => database",
  R2Bucket: "(bucket: R2Bucket) => bucket",
  fetch: 'fetch("https://example.com")',
  ReadableStream: "new ReadableStream()",
  AbortController: "new AbortController()",
  setTimeout: "setTimeout(() => {}, 1)",
  performance: "performance.now()",
  console: 'console.log("")',
  TextEncoder: "new TextEncoder()",
} as const;

type Global = keyof typeof USES;

const WEB: readonly Global[] = [
  "fetch",
  "ReadableStream",
  "AbortController",
  "setTimeout",
  "performance",
  "console",
  "TextEncoder",
];

/** What the rooms under each of the configurations in `tsconfig/` may use of these. */
const MAY_USE: Readonly<Record<string, readonly Global[]>> = {
  pure: ["TextEncoder"],
  web: WEB,
  // Of Node's globals workerd has its own, from the compatibility date that wrangler.toml names.
  workerd: [...WEB, "D1Database", "R2Bucket", "process", "Buffer", "setImmediate"],
  node: [...WEB, "process", "Buffer", "setImmediate"],
};

/** The configuration that each room must be under; which rooms there are is read off the disk. */
const GLOBALS_OF: Readonly<Record<string, keyof typeof MAY_USE>> = {
  ".": "workerd",
  client: "web",
  cli: "node",
  core: "pure",
  edit: "node",
  engine: "web",
  "engine/backends/node": "node",
  "engine/backends/workerd": "workerd",
  eval: "node",
  http: "web",
  onnx: "node",
  optim: "pure",
  plot: "pure",
  service: "web",
  store: "web",
  "store/d1": "workerd",
  train: "node",
  wire: "pure",
  workshop: "node",
  world: "pure",
  "world/files": "node",
};

const ROOMS = Object.keys(GLOBALS_OF);

const sampleOf = (room: string): string => `${room.replaceAll(/[./]/g, "-")}.ts`;

/** A line for each use, so that a message's line tells the global. */
const SAMPLE = Object.values(USES)
  .map((use, index) => `export const use${index} = ${use.startsWith("(") ? use : `() => ${use}`};`)
  .join("\n");

const writeSamples = async (): Promise<void> => {
  await mkdir(SAMPLES, { recursive: true });
  for (const room of ROOMS) {
    const configuration = {
      extends: join("..", "src", room, "tsconfig.json"),
      compilerOptions: { composite: false, emitDeclarationOnly: false, noEmit: true },
      include: [sampleOf(room)],
      exclude: [],
    };
    await writeFile(join(SAMPLES, sampleOf(room)), SAMPLE);
    await writeFile(join(SAMPLES, `${sampleOf(room)}.json`), JSON.stringify(configuration));
  }
  const references = ROOMS.map((room) => ({ path: `./${sampleOf(room)}.json` }));
  await writeFile(join(SAMPLES, "tsconfig.json"), JSON.stringify({ files: [], references }));
};

const compile = (): Promise<string> =>
  new Promise((resolve) => {
    const compiler = join(REPOSITORY, "node_modules/typescript/bin/tsc");
    execFile(process.execPath, [compiler, "-b", SAMPLES], { cwd: SAMPLES }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });

describe("each room has globals of its own", () => {
  let messages = "";
  beforeAll(async () => {
    await writeSamples();
    messages = await compile();
  });
  afterAll(() => rm(SAMPLES, { recursive: true }));

  it("and no room is without", async () => {
    const files = await readdir(join(REPOSITORY, "src"), { recursive: true });
    const rooms = files.filter((file) => file.endsWith("tsconfig.json")).map((file) => dirname(file));
    expect(rooms.sort()).toEqual([...ROOMS].sort());
  });

  it.each(ROOMS)("%s", (room) => {
    const allowed = (Object.keys(USES) as Global[]).filter((_, index) => {
      const place = `${sampleOf(room)}(${index + 1},`;
      return !messages.split("\n").some((message) => message.startsWith(place));
    });
    expect(allowed.sort()).toEqual([...MAY_USE[GLOBALS_OF[room]!]!].sort());
  });
});
