import { createHash, timingSafeEqual } from "node:crypto";
import { allowRoles, createIdentity, type Identity, type Logger, type Subject } from "@executus/identity";
import type { Member } from "./member.ts";
import type { Settings } from "./settings.ts";

/** Where the ids of members come from. */
const platform = "desk";

/** Who asks, as far as the service has to know. */
export interface Caller {
  readonly id: string;
  readonly isAdmin: boolean;
  readonly subject: Subject;
}

/** The members of the settings as they are now: one who is taken out is refused from then on. */
export interface Members {
  readonly identity: Identity;
  /** Whose token it is. */
  authenticate(token: string): Caller | undefined;
}

interface Known {
  readonly caller: Caller;
  readonly roles: readonly string[];
  readonly digest: Buffer;
}

export function createMembers(settings: Settings, logger: Logger): Members {
  const live = settings.live("members");
  let known = readMembers(live().reveal());
  const identity = createIdentity({
    // A member may start reviews; what a review may do beyond reading is asked of the admin's role.
    policy: allowRoles({ admin: ["*"], member: ["run:review"] }),
    resolver: {
      platforms: [platform],
      resolve: async ({ id }) => {
        const found = known.find(({ caller }) => caller.id === id);
        return found && { subject: found.caller.subject, roles: found.roles };
      },
    },
    logger,
  });
  live.subscribe(() => {
    known = readMembers(live().reveal());
    identity.invalidate("all");
  });
  return {
    identity,
    authenticate(token) {
      const digest = digestOf(token);
      // Each is compared in full: how long it takes says nothing about whose token begins alike.
      return known.filter((each) => timingSafeEqual(each.digest, digest))[0]?.caller;
    },
  };
}

/** The key under which the harness knows a member. */
export function callerKey(id: string): string {
  return `${platform}/${id}`;
}

/** The member's id in such a key. */
export function memberId(key: string): string {
  return key.startsWith(`${platform}/`) ? key.slice(platform.length + 1) : key;
}

function readMembers(members: readonly Member[]): readonly Known[] {
  return members.map(({ id, roles, token }) => ({
    caller: { id, isAdmin: roles.includes("admin"), subject: { platform, id } },
    roles,
    digest: digestOf(token),
  }));
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
