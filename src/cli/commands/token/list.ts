import { z } from "zod";
import { ok } from "../../../core/result.ts";
import { connect } from "../../../workshop/connection/connect.ts";
import { defineCommand } from "../../command.ts";
import { formatTable } from "../../table.ts";

/** `errata token list`: every token, without its text. */
export const tokenListCommand = defineCommand({
  name: "token list",
  summary: "list the access tokens, revoked ones too",
  options: [],
  examples: ["token list", "token list --json"],
  input: z.object({}),
  run: async (_input, context) => {
    const client = await connect(context);
    if (!client.ok) return client;
    const tokens = await client.value.tokens.list();
    if (!tokens.ok) return tokens;
    const { style } = context.terminal;
    const rows = tokens.value.map(({ id, name, scopes, createdAt, revokedAt }) => [
      id,
      name,
      scopes.join(","),
      createdAt,
      revokedAt === null ? style.good("live") : style.bad(`revoked ${revokedAt}`),
    ]);
    return ok({
      document: { tokens: tokens.value },
      text:
        rows.length === 0
          ? "No tokens. Create one with: errata token create NAME --scopes infer"
          : formatTable(["ID", "NAME", "SCOPES", "CREATED", "STATE"], rows, style.faint),
    });
  },
});
