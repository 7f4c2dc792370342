import { isIP } from "node:net";
import { requireBoolean, requireFunction, requireObject } from "../check-options.ts";
import { DeliverError } from "../errors.ts";
import { show } from "../show.ts";

export interface HttpAccess {
  /** Also allows an address that is not public, such as `"127.0.0.1"`, for a server of one's own. @default none */
  readonly allowAddress?: ((address: string) => boolean) | undefined;
  /** Also allows `http:`, which anybody on the way can read. @default false */
  readonly allowHttp?: boolean | undefined;
  /** Finds all addresses of a name. @default that of `node:dns` */
  readonly lookup?: ((hostname: string) => Promise<readonly HostAddress[]>) | undefined;
}

export interface HostAddress {
  readonly address: string;
  /** 4 or 6. */
  readonly family: number;
}

/** Checks the options of a transport that posts; `action` is its making. */
export function requireAccess(options: HttpAccess & { readonly clock?: unknown }, action: string): void {
  requireObject(options, `${action}: 'options'`);
  const { allowAddress, allowHttp = false, lookup, clock } = options;
  requireBoolean(allowHttp, `${action}: 'allowHttp'`);
  for (const [name, value] of Object.entries({ allowAddress, lookup, clock })) {
    if (value !== undefined) requireFunction(value, `${action}: '${name}'`);
  }
}

/**
 * Reads the address of a webhook. What it throws shows the host only: path and query may be secrets.
 *
 * @throws {DeliverError} `DELIVER_ADDRESS_REFUSED`
 */
export function readUrl(text: string, { allowHttp = false }: HttpAccess): URL {
  const url = URL.parse(text);
  if (!url) throw refused("it is not a URL");
  if (url.protocol !== "https:" && !(allowHttp && url.protocol === "http:")) {
    throw refused(`${show(url.protocol)} is not allowed, only "https:"`);
  }
  if (url.username !== "" || url.password !== "") throw refused("it holds a user or a password");
  if (url.hostname === "") throw refused("it has no host");
  return url;
}

/** The address in a host that is one, else `undefined`. */
export function literalAddress({ hostname }: URL): HostAddress | undefined {
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(address);
  return family === 0 ? undefined : { address, family };
}

export function refused(reason: string): DeliverError {
  return new DeliverError("DELIVER_ADDRESS_REFUSED", `Cannot post: the address is refused, ${reason}`);
}
