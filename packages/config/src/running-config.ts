import type { Config, Explanation, Live, ReloadResult } from "./config.ts";
import { ConfigError, type Issue } from "./errors.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import { show } from "./internal/show.ts";
import { Listeners } from "./listeners.ts";
import { orAborted } from "./or-aborted.ts";
import type { Plan } from "./plan.ts";
import { type Read, read, secretTexts } from "./reading.ts";
import { createRedactor, type Redactor } from "./redactor.ts";
import { mask } from "./secret.ts";
import type { Shape } from "./setting.ts";
import { showText } from "./show-text.ts";
import { type Snapshot, succeed } from "./snapshot.ts";

interface Following {
  readonly live: Live<unknown>;
  readonly listeners: Listeners<void>;
}

/** The values in force, what replaces them, and who is told. */
export class RunningConfig implements Config<Shape> {
  readonly #plan: Plan;
  readonly #logger: Logger | undefined;
  readonly #closing = new AbortController();
  readonly #unsubscribes: (() => void)[] = [];
  readonly #reloadListeners: Listeners<ReloadResult>;
  readonly #followings = new Map<string, Following>();
  #snapshot: Snapshot = new Map();
  #values: Readonly<Record<string, unknown>> = Object.freeze({});
  #version = 0;
  /** The secrets of these values, then those of the values before. */
  #secrets: readonly ReadonlySet<string>[] = [];
  #redactor: Redactor | undefined;
  /** Settles when no reload is under way. */
  #running: Promise<unknown> = Promise.resolve();
  /** The reload that has not begun. */
  #next: Promise<ReloadResult> | undefined;

  constructor(plan: Plan, reads: readonly Read[], logger: Logger | undefined) {
    this.#plan = plan;
    this.#logger = logger;
    this.#reloadListeners = new Listeners(logger);
    this.#adopt(reads);
    this.#version = 1;
    for (const source of plan.sources) {
      this.#guard(() => {
        const unsubscribe = source.subscribe?.(() => void this.#reloadUnasked());
        if (unsubscribe) this.#unsubscribes.push(unsubscribe);
      });
    }
  }

  get version(): number {
    return this.#version;
  }

  get values(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  get(key: string): unknown {
    return (this.#snapshot.get(key) ?? refuseKey("get", key)).served;
  }

  live(key: string): Live<unknown> {
    const known = this.#followings.get(key);
    if (known) return known.live;
    if (!this.#snapshot.has(key)) refuseKey("follow", key);
    const listeners = new Listeners<void>(this.#logger);
    const subscribe = (changed: () => void): (() => void) => listeners.add(changed);
    const live: Live<unknown> = Object.assign(() => this.get(key), { subscribe });
    this.#followings.set(key, { live, listeners });
    return live;
  }

  reload(): Promise<ReloadResult> {
    if (this.#next) return this.#next;
    const next = this.#running.then(() => {
      this.#next = undefined;
      return this.#readAgain();
    });
    this.#next = next;
    this.#running = next.catch(() => {});
    return next;
  }

  onReload(listener: (result: ReloadResult) => void): () => void {
    return this.#reloadListeners.add(listener);
  }

  explain(): readonly Explanation[] {
    return [...this.#snapshot.values()].map(({ key, setting, value, origin }) => {
      const shown = setting.secret === true ? mask : showText(this.redact(toJson(value)));
      return { key, value: value === undefined ? "" : shown, origin, doc: setting.doc };
    });
  }

  redact(text: string): string {
    // Not shown: it is for a redactor.
    if (typeof text !== "string")
      throw new TypeError(`Cannot redact: 'text' must be a string: received ${typeof text}`);
    this.#redactor ??= createRedactor(this.#knownSecrets());
    return this.#redactor(text);
  }

  close(): void {
    const message = "Cannot reload config: it is closed";
    this.#closing.abort(new ConfigError([{ code: "CONFIG_CLOSED", message }]));
    for (const unsubscribe of this.#unsubscribes.splice(0)) this.#guard(unsubscribe);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #readAgain(): Promise<ReloadResult> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    const { reads, issues } = await orAborted(read(this.#plan, signal, this.#knownSecrets()), signal);
    const result = issues.length > 0 ? this.#keep(issues) : this.#adopt(reads);
    for (const key of result.changed) this.#followings.get(key)?.listeners.call();
    this.#reloadListeners.call(result);
    return result;
  }

  #keep(issues: readonly Issue[]): ReloadResult {
    return { ok: false, version: this.#version, changed: [], needsRestart: [], issues };
  }

  #adopt(reads: readonly Read[]): ReloadResult {
    const { snapshot, changed, needsRestart } = succeed(this.#snapshot, reads);
    this.#snapshot = snapshot;
    if (changed.length > 0) {
      this.#version += 1;
      this.#values = Object.freeze(
        Object.fromEntries([...snapshot].map(([key, { served }]) => [key, served])),
      );
    }
    this.#noteSecrets(secretTexts([...snapshot.values(), ...reads]));
    return { ok: true, version: this.#version, changed, needsRestart, issues: [] };
  }

  #knownSecrets(): readonly string[] {
    return this.#secrets.flatMap((texts) => [...texts]);
  }

  #noteSecrets(texts: ReadonlySet<string>): void {
    const [known] = this.#secrets;
    if (known && [...texts].every((text) => known.has(text))) return;
    this.#secrets = [texts, ...this.#secrets.slice(0, 1)];
    this.#redactor = undefined;
  }

  /** After a source has said that it changed: nobody waits for it, so a failure that no listener hears is reported. */
  async #reloadUnasked(): Promise<void> {
    try {
      const { issues } = await this.reload();
      if (issues.length === 0 || this.#reloadListeners.size > 0) return;
      reportProblem(this.#logger, "Settings keep their last values", new ConfigError(issues));
    } catch {
      // Closed meanwhile.
    }
  }

  /** Runs somebody else's code that must not break this. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      reportProblem(this.#logger, "A source of config cannot be followed", error);
    }
  }
}

function refuseKey(action: string, key: string): never {
  throw new TypeError(`Cannot ${action} setting: 'key' must be a declared one: received ${show(key)}`);
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
