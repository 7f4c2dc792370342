/**
 * Takes a tree over a process boundary: a signed lease carries the ancestors and a part of the budget.
 *
 * @module
 */
export { createLeases } from "./lease/create-leases.ts";
export type {
  AcceptOptions,
  IssueOptions,
  Lease,
  LeaseAmounts,
  LeasedCode,
  Leases,
  LeasesOptions,
} from "./lease/leases.ts";
