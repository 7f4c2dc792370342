import type { DispatchGuard } from "../dispatch-guard.ts";
import { requireKnown } from "../internal/known-options.ts";
import { requireFunction } from "../require.ts";
import { show } from "../internal/show.ts";
import type { TreeGuard } from "../tree-guard.ts";
import type { Leases, LeasesOptions } from "./leases.ts";
import { TokenLeases } from "./token-leases.ts";
import { createSigner } from "./token.ts";

const action = "Cannot create leases";
const shortestSecretBytes = 32;

/**
 * Makes leases for the frames of a guard, and takes in those of others. A lease says who is above and what may be spent; it is
 * no permission.
 *
 * @throws {TypeError | RangeError} if an option is not as documented
 *
 * @example
 * ```ts
 * const leases = createLeases(guard, { secrets: [process.env.LEASE_SECRET], audience: "planner" });
 * const lease = await leases.issue({ audience: "worker", dispatches: 5 }); // inside a frame
 * const response = await fetch(worker, { headers: { "executus-lease": lease.token } });
 * lease.settle((await response.json()).used);
 * ```
 */
export function createLeases(guard: DispatchGuard, options: LeasesOptions): Leases {
  requireKnown(options, { secrets: true, audience: true, claim: true }, `${action}: 'options'`);
  const { secrets, audience, claim } = options;
  if (typeof guard !== "object" || guard === null || !("graft" in guard)) {
    throw new TypeError(`${action}: 'guard' must be a dispatch guard: received ${show(guard)}`);
  }
  if (!Array.isArray(secrets) || secrets.length === 0) {
    // What it received may be a secret that somebody put into no array.
    throw new TypeError(`${action}: 'secrets' must be an array that is not empty`);
  }
  if (audience !== undefined && (typeof audience !== "string" || audience === "")) {
    throw new TypeError(
      `${action}: 'audience' must be a string that is not empty: received ${show(audience)}`,
    );
  }
  if (claim !== undefined) requireFunction(claim, `${action}: 'claim'`);
  const signer = createSigner(secrets.map(readSecret));
  return new TokenLeases({ guard: guard as unknown as TreeGuard, signer, audience, claim });
}

/** Says the length that it got and nothing of the secret. */
function readSecret(secret: unknown, index: number): Uint8Array {
  const what = `${action}: 'secrets[${index}]' must be`;
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`${what} a string or a Uint8Array`);
  if (bytes.length >= shortestSecretBytes) return bytes.slice();
  throw new RangeError(`${what} at least ${shortestSecretBytes} bytes long: received ${bytes.length}`);
}
