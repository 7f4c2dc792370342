import { type Admission, admit, type OnDuplicate } from "./admit.ts";
import { currentFrame, runInFrame } from "./current-frame.ts";
import type { CheckOptions, DispatchGuard, DispatchOptions, RootOptions } from "./dispatch-guard.ts";
import { GuardError, type Refusal } from "./errors.ts";
import type { Frame } from "./frame.ts";
import { FrameNode } from "./frame-node.ts";
import { requireKnown } from "./internal/known-options.ts";
import { judgeDeadline } from "./judge.ts";
import { type CheckedLimits, readLimits } from "./limits.ts";
import { type GraftSeed, type Ground, plantGraft, plantRoot, rootBound } from "./plant.ts";
import { noRoot } from "./refusals.ts";
import { requireFunction, requireOneOf, requireSignal } from "./require.ts";
import { type Code, earliest, startFrame, stopAtDeadline } from "./run-frame.ts";
import { SharedCall } from "./shared-call.ts";
import { show } from "./internal/show.ts";
import { StopScope } from "./stop-scope.ts";
import { type Call, type PathEntry, readTarget, type Target } from "./target.ts";
import type { CallInFlight, TreeFrame } from "./tree.ts";

interface CheckedAsk {
  readonly call: Call;
  readonly frame: TreeFrame | undefined;
  readonly onDuplicate: OnDuplicate;
  readonly limits: CheckedLimits | undefined;
}

/** Those of all three calls: what is for one of them may be given to another. */
const knownOptions = { limits: true, signal: true, parent: true, onDuplicate: true, rootId: true } as const;

export class TreeGuard implements DispatchGuard {
  /** Not in the interface: what leases need. */
  readonly ground: Ground;

  constructor(ground: Ground) {
    this.ground = ground;
  }

  async dispatch<T>(target: string | Target, run: Code<T>, options: DispatchOptions = {}): Promise<T> {
    requireKnown(options, knownOptions, "Cannot dispatch: 'options'");
    const { signal } = options;
    requireSignal(signal, "Cannot dispatch: 'signal'");
    signal?.throwIfAborted();
    requireFunction(run, "Cannot dispatch: 'run'");
    const { call, frame, onDuplicate, limits } = this.#readAsk("Cannot dispatch", target, options);
    if (!frame) {
      if (this.ground.noRoot === "deny") throw this.refused(call, noRoot(call));
      return this.#startRoot(call, run, { signal, limits });
    }
    const admission = this.#admit(frame, { call, onDuplicate, limits });
    if (admission.refusal) throw this.refused(call, admission.refusal, frame);
    if (admission.join) return this.#join(frame, { call, admission, signal }) as Promise<T>;
    return this.#startBelow(frame, { call, admission, signal }, run);
  }

  check(target: string | Target, options: CheckOptions = {}): Refusal | undefined {
    requireKnown(options, knownOptions, "Cannot check: 'options'");
    const { call, frame, onDuplicate, limits } = this.#readAsk("Cannot check", target, options);
    if (frame) return this.#admit(frame, { call, onDuplicate, limits }).refusal;
    if (this.ground.noRoot === "deny") return noRoot(call);
    return judgeDeadline(rootBound(this.ground, limits), this.ground.clock());
  }

  async root<T>(target: string | Target, run: Code<T>, options: RootOptions = {}): Promise<T> {
    const action = "Cannot start root";
    requireKnown(options, knownOptions, `${action}: 'options'`);
    const { signal, limits, rootId } = options;
    requireSignal(signal, `${action}: 'signal'`);
    signal?.throwIfAborted();
    requireFunction(run, `${action}: 'run'`);
    const call = readTarget(target, action);
    if (rootId !== undefined && (typeof rootId !== "string" || rootId === "")) {
      throw new TypeError(`${action}: 'rootId' must be a string that is not empty: received ${show(rootId)}`);
    }
    return this.#startRoot(call, run, { signal, rootId, limits: this.#readLimits(action, limits) });
  }

  current(): Frame | undefined {
    return currentFrame();
  }

  bind<This, A extends unknown[], R>(run: (this: This, ...args: A) => R): (this: This, ...args: A) => R {
    requireFunction(run, "Cannot bind: 'run'");
    const frame = currentFrame();
    return function bound(...args) {
      return runInFrame(frame, () => run.apply(this, args));
    };
  }

  /** Not in the interface: a parent for what a lease brings in. */
  graft(seed: GraftSeed): TreeFrame {
    return plantGraft(this.ground, seed);
  }

  /** Not in the interface: tells of a refusal and makes its error. */
  refused(asked: PathEntry, refusal: Refusal, frame?: TreeFrame): GuardError {
    const target = { kind: asked.kind, id: asked.id };
    this.ground.reporter.frame("dispatch-refuse", frame, { target, refusal });
    return new GuardError(refusal);
  }

  #readAsk(action: string, target: string | Target, options: CheckOptions): CheckedAsk {
    const { parent, onDuplicate = "deny", limits } = options;
    const call = readTarget(target, action);
    requireOneOf(onDuplicate, ["deny", "join", "allow"], `${action}: 'onDuplicate'`);
    const frame = parent === undefined ? currentFrame() : requireFrame(parent, action);
    return { call, frame, onDuplicate, limits: this.#readLimits(action, limits) };
  }

  #readLimits(action: string, limits: DispatchOptions["limits"]): CheckedLimits | undefined {
    return limits === undefined ? undefined : readLimits(limits, action, this.ground.logger);
  }

  #admit(frame: TreeFrame, { call, onDuplicate, limits }: Omit<CheckedAsk, "frame">): Admission {
    const { own, clock } = this.ground;
    return admit(frame, { call, onDuplicate, limits, own, now: clock() });
  }

  #startRoot<T>(
    call: Call,
    run: Code<T>,
    {
      limits,
      signal,
      rootId,
    }: Pick<RootOptions, "signal" | "rootId"> & { limits: CheckedLimits | undefined },
  ): Promise<T> {
    const bound = rootBound(this.ground, limits);
    const refusal = judgeDeadline(bound, bound.startedAt);
    if (refusal) throw this.refused(call, refusal);
    const { frame, callerScope } = plantRoot(this.ground, { call, bound, rootId, signal });
    return startFrame(frame, run, callerScope);
  }

  #startBelow<T>(parent: TreeFrame, { call, admission, signal }: Admitted, run: Code<T>): Promise<T> {
    const { tree } = parent;
    const { within, bound } = admission;
    const hasDeadline = earliest({ innermost: bound, until: parent.bound }) !== undefined;
    const hasKey = call.key !== undefined;
    // Work that may be shared stops with its tree or with its last caller, not with the frame that was first to ask for it.
    const outer = hasKey ? tree.stop : parent.stop;
    const stop = hasKey || signal || hasDeadline ? new StopScope(outer, true) : outer;
    const { reporter, clock } = this.ground;
    const frame = new FrameNode({ reporter, clock, tree, parent, target: call, within, bound, stop });
    if (!hasKey) {
      if (signal) stop.follow(signal);
      return startFrame(frame, run, undefined);
    }
    frame.call = new SharedCall(frame);
    return startFrame(frame, run, callerScope(parent, signal));
  }

  #join(frame: TreeFrame, { call, admission, signal }: Admitted): Promise<unknown> {
    const joined = admission.join as CallInFlight;
    const scope = callerScope(frame, signal);
    stopAtDeadline(scope, frame, { innermost: admission.bound, until: admission.within });
    const target = { kind: call.kind, id: call.id };
    this.ground.reporter.frame("dispatch-join", frame, { target, joinedId: joined.frame.frameId });
    return joined.wait(frame, scope);
  }
}

interface Admitted {
  readonly call: Call;
  readonly admission: Admission;
  readonly signal: AbortSignal | undefined;
}

/** When a caller stops waiting for a call that it may share: with its own frame, or by its own signal. */
function callerScope(frame: TreeFrame, signal: AbortSignal | undefined): StopScope {
  const scope = new StopScope(frame.stop, true);
  if (signal) scope.follow(signal);
  return scope;
}

/** A frame may come from another copy of this package, so it is known by what it has. */
export function requireFrame(parent: Frame, action: string): TreeFrame {
  if (typeof parent === "object" && parent !== null && "tree" in parent && "bound" in parent) {
    return parent as TreeFrame;
  }
  throw new TypeError(`${action}: 'parent' must be a frame: received ${show(parent)}`);
}
