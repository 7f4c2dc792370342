import { env, getString } from "@executus/config";
import type { Connection } from "../client/request.ts";
import { UsageError } from "../usage-error.ts";

const defaultUrl = "http://127.0.0.1:4280";

/**
 * Where the desk is and who asks: `EXECUTUS_URL` and `EXECUTUS_TOKEN`.
 *
 * @throws {UsageError} naming the setting, never the token.
 */
export function clientConnection(): Connection {
  const settings = env({ prefix: "EXECUTUS_" });
  const text = getString(settings, "url", defaultUrl);
  const url = URL.parse(text);
  const isPlain = url !== null && url.href === `${url.origin}/`;
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    throw new UsageError("EXECUTUS_URL must be an http or https address without a password or a path in it");
  }
  const token = getString(settings, "token", "");
  if (token === "") throw new UsageError("EXECUTUS_TOKEN is not set: the desk asks who you are");
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError("EXECUTUS_TOKEN holds characters that no token has");
  return { url: url.href, token };
}
