import { currentFrame } from "../current-frame.ts";
import type { GuardError } from "../errors.ts";
import type { Frame } from "../frame.ts";
import { requireKnown } from "../internal/known-options.ts";
import { requireWholeNumber } from "../internal/whole-number.ts";
import { type CheckedLimits, requireFiniteAmount } from "../limits.ts";
import { badLease, noRoot } from "../refusals.ts";
import { requireFunction, requireObject, requireOneOf, requireSignal } from "../require.ts";
import { show } from "../internal/show.ts";
import { settleOrStop, StopScope } from "../stop-scope.ts";
import { type Call, readTarget, type Target } from "../target.ts";
import type { TreeFrame } from "../tree.ts";
import { requireFrame, type TreeGuard } from "../tree-guard.ts";
import { type Claims, type LeasedLimits, readClaims, writeClaims } from "./claims.ts";
import { type Delegation, type Grant, judgeGrant, takeGrant } from "./delegate.ts";
import type {
  AcceptOptions,
  IssueOptions,
  Lease,
  LeaseAmounts,
  LeasedCode,
  Leases,
  LeasesOptions,
} from "./leases.ts";
import { longestToken, type Signer } from "./token.ts";
import { claimInProcess } from "./used-leases.ts";

export interface TokenLeasesOptions {
  readonly guard: TreeGuard;
  readonly signer: Signer;
  readonly audience: string | undefined;
  readonly claim: LeasesOptions["claim"];
}

export class TokenLeases implements Leases {
  readonly #options: TokenLeasesOptions;

  constructor(options: TokenLeasesOptions) {
    this.#options = options;
  }

  async issue(options: IssueOptions): Promise<Lease> {
    const action = "Cannot issue lease";
    const { guard } = this.#options;
    const { audience, ttlMs, grant } = readIssue(options, action);
    const frame = options.parent === undefined ? currentFrame() : requireFrame(options.parent, action);
    const receiver = { kind: "lease", id: audience };
    if (!frame) throw guard.refused(receiver, noRoot(receiver));
    const refusal = judgeGrant(frame, receiver, grant, guard.ground.own);
    if (refusal) throw guard.refused(receiver, refusal, frame);
    const delegation = takeGrant(frame, grant, guard.ground.own);
    const token = await this.#sign(frame, delegation, { audience, ttlMs });
    if (token !== undefined) return { token, settle: (used) => delegation.settle(used) };
    throw new RangeError(`${action}: the path must fit into ${longestToken} characters`);
  }

  async #sign(
    frame: TreeFrame,
    delegation: Delegation,
    { audience, ttlMs }: { readonly audience: string; readonly ttlMs: number },
  ): Promise<string | undefined> {
    let token: string | undefined;
    try {
      token = await this.#options.signer.sign(
        writeClaims({
          leaseId: crypto.randomUUID(),
          audience,
          expiresAt: this.#options.guard.ground.clock() + ttlMs,
          rootId: frame.rootId,
          path: frame.path,
          limits: delegation.limits,
        }),
      );
    } finally {
      // Nobody got it, so nobody can spend it.
      if (token === undefined) delegation.cancel();
    }
    return token;
  }

  async accept<T>(
    token: string | null | undefined,
    target: string | Target,
    run: LeasedCode<T>,
    options: AcceptOptions = {},
  ): Promise<T> {
    const action = "Cannot accept lease";
    const { guard, audience } = this.#options;
    requireKnown(options, { signal: true, limits: true, missing: true }, `${action}: 'options'`);
    const { signal, limits, missing = "deny" } = options;
    requireSignal(signal, `${action}: 'signal'`);
    signal?.throwIfAborted();
    const call = readTarget(target, action);
    requireFunction(run, `${action}: 'run'`);
    requireOneOf(missing, ["deny", "root"], `${action}: 'missing'`);
    if (audience === undefined) throw new TypeError(`${action}: these leases have no 'audience'`);
    const code = (frame: Frame): T | PromiseLike<T> => run(frame, () => usedBelow(frame as TreeFrame));
    if (token === undefined || token === null || token === "") {
      if (missing === "root") return guard.root(call, code, { signal, limits });
      throw this.#refused(call, "it came without a lease");
    }
    const claims = await this.#open(token, audience, call);
    const parent = guard.graft({
      ...claims,
      branchId: claims.leaseId,
      limits: this.#limitsOf(claims.limits),
    });
    // Refused for a reason that passes, a lease can be used again.
    const refusal = guard.check(call, { parent, limits });
    if (refusal) throw guard.refused(call, refusal, parent);
    signal?.throwIfAborted();
    if ((await this.#claim(claims, call, signal)) !== true)
      throw this.#refused(call, "its lease was used before");
    return guard.dispatch(call, code, { parent, signal, limits });
  }

  async #open(token: string, audience: string, call: Call): Promise<Claims> {
    const isSized = typeof token === "string" && token.length <= longestToken;
    const text = isSized ? await this.#options.signer.open(token) : undefined;
    const claims = text === undefined ? undefined : readClaims(text);
    if (!claims) throw this.#refused(call, "its lease is not valid");
    if (claims.audience !== audience) throw this.#refused(call, "its lease is for another receiver");
    if (this.#options.guard.ground.clock() >= claims.expiresAt)
      throw this.#refused(call, "its lease has expired");
    return claims;
  }

  /** A `claim` may ask a store that never answers: it is waited for until the lease has expired, or `signal` aborts. */
  async #claim(
    { leaseId, expiresAt }: Claims,
    call: Call,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { claim, guard } = this.#options;
    const now = guard.ground.clock();
    if (!claim) return claimInProcess(leaseId, expiresAt, now);
    const scope = new StopScope(undefined, true);
    if (signal) scope.follow(signal);
    scope.stopIn(expiresAt - now, () =>
      this.#refused(call, "its lease has expired before anybody said if it was used"),
    );
    try {
      return await settleOrStop(Promise.resolve(claim(leaseId, expiresAt)), scope);
    } finally {
      scope.close();
    }
  }

  #refused(call: Call, flaw: string): GuardError {
    return this.#options.guard.refused(call, badLease(call, flaw));
  }

  #limitsOf({ deadlineAt, budgets, ...limits }: LeasedLimits): CheckedLimits {
    const leftMs = Math.max(0, deadlineAt - this.#options.guard.ground.clock());
    const { maxDepth, maxVisits, maxFanOut, maxConcurrent, maxDispatches } = limits;
    return {
      maxDepth: () => maxDepth,
      maxVisits: () => maxVisits,
      maxFanOut: () => maxFanOut,
      maxConcurrent: () => maxConcurrent,
      maxDispatches: () => maxDispatches,
      deadlineMs: () => leftMs,
      budgets: new Map(Object.entries(budgets).map(([name, amount]) => [name, () => amount])),
    };
  }
}

function usedBelow({ tree }: TreeFrame): LeaseAmounts {
  const { dispatches, used } = tree.counts;
  return { dispatches, budgets: Object.fromEntries(used) };
}

interface CheckedIssue {
  readonly audience: string;
  readonly ttlMs: number;
  readonly grant: Grant;
}

const knownIssueOptions = {
  audience: true,
  ttlMs: true,
  parent: true,
  dispatches: true,
  budgets: true,
} as const;

function readIssue(options: IssueOptions, action: string): CheckedIssue {
  requireKnown(options, knownIssueOptions, `${action}: 'options'`);
  const { audience, ttlMs = 60_000, dispatches = 1, budgets = {} } = options;
  if (typeof audience !== "string" || audience === "") {
    throw new TypeError(
      `${action}: 'audience' must be a string that is not empty: received ${show(audience)}`,
    );
  }
  requireWholeNumber(ttlMs, `${action}: 'ttlMs'`, 1);
  requireWholeNumber(dispatches, `${action}: 'dispatches'`, 1);
  // What is taken out of a tree is an amount: there is no taking out of everything.
  for (const [name, amount] of Object.entries({ ttlMs, dispatches })) {
    requireFiniteAmount(amount, `${action}: '${name}'`);
  }
  requireObject(budgets, `${action}: 'budgets'`);
  for (const [name, amount] of Object.entries(budgets)) {
    requireFiniteAmount(amount, `${action}: 'budgets.${name}'`);
  }
  return { audience, ttlMs, grant: { dispatches, budgets: new Map(Object.entries(budgets)) } };
}
