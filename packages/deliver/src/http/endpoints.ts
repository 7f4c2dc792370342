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
  if (found !== undefined) return found;
  throw new DeliverError(
    "DELIVER_UNKNOWN_ADDRESS",
    `Cannot deliver to ${show(to)}: no address is known for it`,
  );
}

/** Checks the option that holds the endpoints. */
export function requireEndpoints(endpoints: unknown, what: string): void {
  if (typeof endpoints === "function") return;
  if (typeof endpoints === "object" && endpoints !== null) return;
  throw new TypeError(`${what} must be an object or a function: received ${show(endpoints)}`);
}
