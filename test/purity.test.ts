import { describe, expect, it } from "vitest";
import { importsOf, SOURCE_FILES, textOf, withoutComments } from "./support/source-files.ts";

/** Rooms that are given bytes, times and random numbers and never fetch them, with the packages that they may import. */
const PURE: Readonly<Record<string, readonly string[]>> = {
  core: ["zod"],
  plot: ["hono/html", "hono/utils/html"],
  wire: ["zod"],
  optim: [],
  world: ["zod"],
};

/** The one room of a pure room that reads the disk, for those who hand it its tables. */
const READS_DISK = "world/files/";

/** Whatever reads the world or leaves a mark on it, with code that does. */
const IMPURE: readonly (readonly [name: string, pattern: RegExp, samples: readonly string[]])[] = [
  [
    "the network",
    /\bfetch\b(?!["'])|\b(?:WebSocket|EventSource|XMLHttpRequest)\b/,
    ['await fetch("https://a")', "globalThis.fetch(url)", 'new WebSocket("wss://a")'],
  ],
  [
    "a clock",
    /\bDate\.now\b|\bDate\(\s*\)|\bnew Date\b(?!\()|\bperformance\b|\bhrtime\b|\bTemporal\.Now\b/,
    [
      "Date.now()",
      "new Date()",
      "new Date;",
      "Date( )",
      "performance.now()",
      "process.hrtime.bigint()",
      "Temporal.Now.instant()",
    ],
  ],
  [
    "a timer",
    /\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/,
    ["setTimeout(work, 0)", "setInterval(work, 1)", "setImmediate(work)", "queueMicrotask(work)"],
  ],
  [
    "chance",
    /\bMath\.random\b|\bgetRandomValues\b|\brandomUUID\b|\bgenerateKey\b/,
    [
      "Math.random()",
      "crypto.getRandomValues(bytes)",
      "crypto.randomUUID()",
      'crypto.subtle.generateKey("Ed25519", true, ["sign"])',
    ],
  ],
  ["a console", /\bconsole\b/, ["console.log(1)", "const { log } = console;"]],
  [
    "the process",
    /\bprocess\b(?=[.[\]]|\s*[;,)])|\bDeno\b|\bBun\b|\bimport\.meta\b/,
    ["process.env.HOME", 'process["env"]', "const { env } = process;", "Deno.env", "import.meta.dirname"],
  ],
  [
    "a browser",
    /\b(?:window|document|navigator|localStorage|sessionStorage|indexedDB|caches)\./,
    ["navigator.hardwareConcurrency", 'localStorage.getItem("a")', "caches.default"],
  ],
  [
    "all globals",
    /\bglobalThis\b|\beval\(|\bnew Function\b/,
    ['globalThis["fet" + "ch"]', 'eval("1")', 'new Function("return 1")'],
  ],
];

const impuritiesOf = (code: string): readonly string[] =>
  IMPURE.flatMap(([name, pattern]) => (pattern.test(withoutComments(code)) ? [name] : []));

const filesOf = (room: string): readonly string[] =>
  SOURCE_FILES.filter((file) => file.startsWith(`${room}/`) && !file.startsWith(READS_DISK));

describe("the search for what is not pure", () => {
  it.each(IMPURE.flatMap(([name, , samples]) => samples.map((sample) => [name, sample] as const)))(
    "finds %s in %s",
    (name, sample) => {
      expect(impuritiesOf(`const before = 1;\n${sample}\nconst after = 2;`)).toContain(name);
    },
  );

  it.each([
    "new Date(at).toISOString()",
    "Date.parse(text)",
    'crypto.subtle.digest("SHA-256", bytes)',
    "crypto.subtle.verify(algorithm, key, signature, bytes)",
    "createRandom(seed)()",
    "toHex(randomBytes(8))",
    "/** Told by `performance.now()`. */",
    "// Not Math.random(): it has no seed.",
    "const { processed, randomly, consoles } = parts;",
  ])("finds nothing in %s", (sample) => {
    expect(impuritiesOf(sample)).toEqual([]);
  });

  it("finds it in files that are not", () => {
    expect(impuritiesOf(textOf("cli/main.ts"))).toContain("the process");
  });
});

describe.each(Object.entries(PURE))("src/%s", (room, packages) => {
  const files = filesOf(room);

  it("has files to look at", () => {
    expect(files.length).toBeGreaterThan(3);
  });

  it.each(files)("%s imports no package but the room's", (file) => {
    const outside = importsOf(file).filter((target) => !SOURCE_FILES.includes(target));
    expect(outside.filter((target) => !packages.includes(target))).toEqual([]);
  });

  it.each(files)("%s reads no clock, network or chance", (file) => {
    expect(impuritiesOf(textOf(file))).toEqual([]);
  });
});
