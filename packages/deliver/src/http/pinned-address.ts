import { lookup as lookupName } from "node:dns/promises";
import { SendError } from "../send/send-error.ts";
import { failureReason } from "../failure-reason.ts";
import { show } from "../show.ts";
import { isPublicAddress } from "./address-rules.ts";
import type { HostAddress, HttpAccess } from "./safe-url.ts";
import { literalAddress, refused } from "./safe-url.ts";

/**
 * Finds the addresses to connect to, and checks them. Every address of the name has to be allowed, and the connection goes to one of
 * those that are returned: the name is not asked again.
 *
 * @throws {DeliverError} `DELIVER_ADDRESS_REFUSED`, or a `SendError` if the name cannot be found.
 */
export async function pinAddresses(url: URL, access: HttpAccess): Promise<readonly HostAddress[]> {
  const { allowAddress = () => false, lookup = findAll } = access;
  const literal = literalAddress(url);
  const found = literal ? [literal] : await find(url.hostname, lookup);
  for (const { address } of found) {
    if (isPublicAddress(address) || allowAddress(address)) continue;
    throw refused(`${show(url.hostname)} is not a public one`);
  }
  if (found.length === 0) throw notFound(url.hostname, "no address");
  return found;
}

async function findAll(hostname: string): Promise<readonly HostAddress[]> {
  return await lookupName(hostname, { all: true, verbatim: true });
}

async function find(
  hostname: string,
  lookup: (hostname: string) => Promise<readonly HostAddress[]>,
): Promise<readonly HostAddress[]> {
  try {
    return await lookup(hostname);
  } catch (error) {
    throw notFound(hostname, failureReason(error), error);
  }
}

function notFound(hostname: string, why: string, cause?: unknown): SendError {
  return new SendError(`Cannot find ${show(hostname)}: ${why}`, { applied: "no", cause });
}
