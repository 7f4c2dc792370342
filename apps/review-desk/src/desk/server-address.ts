import { UsageError } from "../usage-error.ts";

/** Where a server is, as a setting says it, and what of that may be shown. */
export interface ServerAddress {
  readonly url: string;
  /** Without user, password and parameters: they may be secrets. */
  readonly shown: string;
}

/** True of what names a server, of whatever kind, and no file. */
export function isUrl(named: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(named);
}

/**
 * Reads the URL of a server.
 *
 * @param setting its name, as messages say it
 * @throws {UsageError} naming the setting, and nothing of a URL that cannot be read.
 */
export function serverAddress(setting: string, named: string, protocols: readonly string[]): ServerAddress {
  const kinds = protocols.map((protocol) => `${protocol}://host:port`).join(" or ");
  const url = URL.parse(named);
  if (!url || !protocols.includes(url.protocol.slice(0, -1)) || url.hostname === "") {
    throw new UsageError(`Cannot use the setting "${setting}": it must be a URL like ${kinds}`);
  }
  return { url: named, shown: `${url.protocol}//${url.host}${url.pathname}` };
}
