import type { Ask, Effect, Identity, Member, MemberResolver, Policy, Subject } from "../src/index.ts";

export const ada: Subject = { platform: "discord", tenant: "g1", id: "123456789012345678" };
export const bob: Subject = { platform: "discord", tenant: "g1", id: "7" };

export function policyOf(name: string, decide: (ask: Ask) => unknown): Policy {
  return { name, decide: decide as Policy["decide"] };
}

export function always(effect: Effect): Policy {
  return policyOf(effect, () => effect);
}

export function never<T>(): Promise<T> {
  return new Promise(() => {});
}

/** A clock that stands until it is set. */
export interface FakeClock {
  (): number;
  set(now: number): void;
}

export function fakeClock(now = 1_000_000): FakeClock {
  return Object.assign(() => now, { set: (to: number) => void (now = to) });
}

/** A resolver that answers when the test says so. */
export interface HeldResolver extends MemberResolver {
  readonly calls: { readonly subject: Subject; readonly signal: AbortSignal; readonly fresh: boolean }[];
  /** Answers the call with this number, from 0 on. */
  answer(call: number, roles: readonly string[]): void;
  fail(call: number, error: unknown): void;
}

export function heldResolver(): HeldResolver {
  const calls: HeldResolver["calls"] = [];
  const waiting: PromiseWithResolvers<Member | undefined>[] = [];
  return {
    calls,
    resolve(subject, { signal, fresh }) {
      calls.push({ subject, signal, fresh });
      const pending = Promise.withResolvers<Member | undefined>();
      waiting.push(pending);
      return pending.promise;
    },
    answer: (call, roles) => waiting[call]?.resolve({ subject: calls[call]?.subject ?? bob, roles }),
    fail: (call, error) => waiting[call]?.reject(error),
  };
}

/** Lets all that is ready go on, and no timer. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

export async function reasonOf(identity: Identity, ...asked: Parameters<Identity["check"]>): Promise<string> {
  return (await identity.check(...asked)).reason;
}
