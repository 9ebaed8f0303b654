import { createServer } from "node:net";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** The address that local services listen on: reachable from this machine alone. */
export const LOOPBACK = "127.0.0.1";

/** Asks the system for any free port. */
const ANY_PORT = 0;

/** Listens for a moment; the port it got, or the system's error code. */
const tryPort = (port: number): Promise<Result<number, string>> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", (cause: NodeJS.ErrnoException) => resolve(fail(cause.code ?? cause.message)));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      const got = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => resolve(ok(got)));
    });
  });

/**
 * A port to listen on: `wanted` where it is free, any free one where `wanted` is null.
 *
 * Errors: `service_unreachable`, param `PORT`, where `wanted` is taken or not allowed.
 */
export const choosePort = async (wanted: number | null): Promise<Result<number>> => {
  const tried = await tryPort(wanted ?? ANY_PORT);
  if (tried.ok) return tried;
  const reason =
    tried.problem === "EADDRINUSE" ? "is taken by another process" : `cannot be used (${tried.problem})`;
  return fail(
    problem(
      "service_unreachable",
      `Port ${wanted} ${reason}. Set PORT to a free one, for example PORT=8788.`,
      {
        param: "PORT",
      },
    ),
  );
};
