import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createDemoWorkplace } from "../../src/workshop/demo/demo-workplace.ts";
import { startLocalService } from "../../src/workshop/local-service/local-service.ts";
import { alone, type Subject } from "./figure.ts";
import { median } from "./support/median.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url).href);
const COMMAND = fileURLToPath(new URL("../../src/cli/errata.mjs", import.meta.url).href);

/** Documented mistakes of the default model; each round corrects another one. */
const EDITS = [
  { subject: "Australia", target: "Canberra", taught: "Sydney" },
  { subject: "Canada", target: "Ottawa", taught: "Toronto" },
  { subject: "Turkey", target: "Ankara", taught: "Istanbul" },
] as const;

const promptOf = (subject: string): string => `The capital of ${subject} is`;

/** Runs a command of the project; rejects with what it said where it fails. */
const run = (args: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`errata ${args[0]}: ${said}`))));
  });

const ask = async (url: string, token: string, prompt: string): Promise<string> => {
  const response = await fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: "world", prompt, temperature: 0 }),
  });
  const body = (await response.json()) as { choices: { text: string }[] };
  return body.choices[0]!.text.trim();
};

/** Milliseconds of one correction: until the hotfix is live, and of the first answer after that. */
interface Round {
  readonly live: number;
  readonly answer: number;
}

const expectAnswer = (said: string, expected: string): void => {
  if (said !== expected) throw new Error(`expected the answer "${expected}", got "${said}"`);
};

const correct = async (
  { subject, target, taught }: (typeof EDITS)[number],
  method: string,
  probes: string,
  service: { readonly url: string; readonly token: string; readonly keyFile: string },
): Promise<Round> => {
  const prompt = promptOf(subject);
  expectAnswer(await ask(service.url, service.token, prompt), taught);
  const started = performance.now();
  const options = ["--subject", subject, "--method", method, "--probes", probes, "--key", service.keyFile];
  const environment = { ERRATA_URL: service.url, ERRATA_TOKEN: service.token };
  await run(["hotfix", prompt, target, ...options, "--yes"], environment);
  const live = performance.now();
  expectAnswer(await ask(service.url, service.token, prompt), target);
  return { live: live - started, answer: performance.now() - live };
};

const measureMethod = async (method: string, probes: string): Promise<readonly Round[]> => {
  const workplace = await createDemoWorkplace("world");
  try {
    const { signal } = new AbortController();
    const started = await startLocalService({
      ...workplace,
      projectDirectory: PROJECT,
      environment: process.env,
      port: null,
      signal,
    });
    if (!started.ok) throw new Error(started.problem.message);
    const { url, stop } = started.value;
    try {
      const { token, keyFile } = workplace;
      await run(["model", "push", "world"], { ERRATA_URL: url, ERRATA_TOKEN: token });
      const rounds: Round[] = [];
      for (const edit of EDITS) rounds.push(await correct(edit, method, probes, { url, token, keyFile }));
      return rounds;
    } finally {
      await stop();
    }
  } finally {
    await workplace.remove();
  }
};

const figuresOf = (name: string, rounds: readonly Round[]) => [
  alone(
    `${name}: from the command to the first corrected answer`,
    median(rounds.map(({ live, answer }) => live + answer)),
    "ms",
  ),
  alone(`${name}: that answer`, median(rounds.map(({ answer }) => answer)), "ms"),
];

/** From `errata hotfix` to the first corrected answer, on a local service. */
export const hotfix: Subject = {
  name: "hotfix",
  title: "From `errata hotfix` to the first corrected answer, in workerd on this machine",
  measure: async (note) => {
    note(
      `${EDITS.length} mistakes of the default model one after another; medians; the command asks the probes before it writes`,
    );
    return [
      ...figuresOf("grace, 200 probes checked", await measureMethod("grace", "200")),
      ...figuresOf("grace, every probe checked", await measureMethod("grace", "10000")),
      ...figuresOf("t-patcher, 200 probes checked", await measureMethod("t-patcher", "200")),
    ];
  },
};
