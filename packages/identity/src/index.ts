/**
 * Who asks, and what they may do: policies over subjects and members that fail closed.
 *
 * @module
 */
export type { AdminPolicy } from "./admin-policy.ts";
export { fromAdminPolicy } from "./admin-policy.ts";
export type { Everyone } from "./allow-ids.ts";
export { allowIds } from "./allow-ids.ts";
export { allowRoles } from "./allow-roles.ts";
export { allOf, anyOf, forbid } from "./combinators.ts";
export { createIdentity } from "./create-identity.ts";
export type { Decision, Reason } from "./decision.ts";
export type { IdentityErrorCode, IdentityErrorDetails } from "./errors.ts";
export { IdentityError } from "./errors.ts";
export type { CheckOptions, Identity, MemberOptions } from "./identity.ts";
export type { IdentityOptions } from "./identity-options.ts";
export type { Logger } from "./internal/logger.ts";
export type { Member, MemberResolver, ResolveOptions } from "./member-resolver.ts";
export { type MemoryMembers, memoryMembers } from "./memory-members.ts";
export { type Ask, denyAll, type Effect, type Policy } from "./policy.ts";
export { type Subject, subjectKey, type SubjectScope } from "./subject.ts";
