import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcessGroup } from "../../src/workshop/local-service/process-group.ts";
import { alone, type Figure, type Subject } from "./figure.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url).href);

/** The largest upload that the design allows, compressed. */
const LARGEST_GZIP_KIB = 5 * 1024;

const TOTAL_LINE = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/;

const dryRun = async (out: string): Promise<readonly string[]> => {
  const lines: string[] = [];
  const group = startProcessGroup({
    program: process.execPath,
    arguments: [
      join(PROJECT, "node_modules", "wrangler", "bin", "wrangler.js"),
      ...["deploy", "--dry-run", "--outdir", out],
    ],
    workingDirectory: PROJECT,
    environment: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
    onLine: (line) => lines.push(line),
  });
  await group.exited;
  return lines;
};

const figuresOf = (lines: readonly string[]): readonly Figure[] => {
  const found = lines.map((line) => TOTAL_LINE.exec(line)).find((match) => match !== null);
  if (!found) throw new Error(`wrangler deploy --dry-run named no size. It said:\n${lines.join("\n")}`);
  const [raw, gzip] = [Number(found[1]), Number(found[2])];
  const budget = { text: `under ${LARGEST_GZIP_KIB} KiB`, met: gzip < LARGEST_GZIP_KIB };
  return [alone("raw", raw, "KiB"), alone("gzip", gzip, "KiB", budget)];
};

/** What a deployment uploads. */
export const uploadSize: Subject = {
  name: "upload",
  title: "Size of the Worker's upload",
  measure: async () => {
    const out = await mkdtemp(join(tmpdir(), "errata-upload-"));
    try {
      return figuresOf(await dryRun(out));
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  },
};
