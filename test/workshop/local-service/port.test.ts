import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { choosePort } from "../../../src/workshop/local-service/port.ts";

describe("the port of a local service", () => {
  test("is any free one where none is asked for", async () => {
    const chosen = await choosePort(null);
    if (!chosen.ok) throw new Error(chosen.problem.message);
    const server = createServer().listen(chosen.value, "127.0.0.1");
    await once(server, "listening");
    expect(server.address()).toMatchObject({ port: chosen.value });
    server.close();
  });

  test("is refused, naming PORT, where another process has it", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    if (address === null || typeof address === "string") throw new Error("expected a port");
    const chosen = await choosePort(address.port);
    other.close();
    expect(chosen).toEqual({
      ok: false,
      problem: {
        code: "service_unreachable",
        message: `Port ${address.port} is taken by another process. Set PORT to a free one, for example PORT=8788.`,
        param: "PORT",
      },
    });
  });
});
