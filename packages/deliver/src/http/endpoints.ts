import { showWithoutText } from "../check-options.ts";
import { DeliverError } from "../errors.ts";
import { show } from "../show.ts";

/** Where each `to` leads: a record of names, or a function. Addresses are secrets, so they are no part of a destination. */
export type Endpoints<T> =
  | Readonly<Record<string, T>>
  | ((to: string) => T | undefined | Promise<T | undefined>);

/** @throws {DeliverError} `DELIVER_UNKNOWN_ADDRESS` */
export async function findEndpoint<T>(endpoints: Endpoints<T>, to: string): Promise<T> {
  const found =
    typeof endpoints === "function"
      ? await endpoints(to)
      : Object.hasOwn(endpoints, to)
        ? endpoints[to]
        : undefined;
  if (found !== undefined && found !== null) return found;
  throw new DeliverError(
    "DELIVER_UNKNOWN_ADDRESS",
    `Cannot deliver to ${show(to)}: no address is known for it`,
  );
}

/**
 * Checks the option that holds the endpoints, and each of a record. What it throws shows none: they are secrets.
 *
 * @param problemOf what is wrong with one, `undefined` if nothing is
 */
export function requireEndpoints(
  endpoints: unknown,
  what: string,
  problemOf: (name: string, endpoint: unknown) => string | undefined,
): void {
  if (typeof endpoints === "function") return;
  if (typeof endpoints !== "object" || endpoints === null) {
    throw new TypeError(`${what} must be an object or a function: received ${showWithoutText(endpoints)}`);
  }
  const action = what.slice(0, what.indexOf(":"));
  for (const [name, endpoint] of Object.entries(endpoints)) {
    // One that is not set, such as a variable of the environment, is not there.
    const problem = endpoint === undefined ? undefined : problemOf(show(name), endpoint);
    if (problem !== undefined) throw new TypeError(`${action}: ${problem}`);
  }
}

/** What is wrong with the address of a chat's webhook. */
export function addressProblem(name: string, address: unknown): string | undefined {
  if (typeof address === "string") return undefined;
  return `webhook ${name} must be a string: received ${address === null ? "null" : typeof address}`;
}
