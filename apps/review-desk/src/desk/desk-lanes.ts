import type { LaneChoice } from "@executus/harness";
import { DeskError } from "./desk-error.ts";
import type { Overrides } from "./overrides.ts";
import { laneCaps, type LaneName, type Settings } from "./settings.ts";

/** The lanes of a desk: whose slots its runs take, and what caps they have. */
export interface DeskLanes {
  readonly choices: Readonly<Record<LaneName, LaneChoice>>;
  /** True if other processes may work what this one accepts. */
  readonly areShared: boolean;
  /** Resolves when they can be used. @throws {UsageError} naming the setting */
  ready(): Promise<void>;
  /** An admin's cap: it holds from now on, also after a restart. @throws {DeskError} `DESK_SETTINGS` */
  setCap(name: LaneName, maxConcurrent: number): Promise<void>;
  /** Takes nothing more that others can work. */
  retire(): void;
}

/** Lanes of this process, stored by the harness. Their caps follow the settings, and an admin's are one. */
export function ownLanes(settings: Settings, overrides: Overrides): DeskLanes {
  return {
    choices: { review: { maxConcurrent: settings.live(laneCaps.review) } },
    areShared: false,
    ready: async () => {},
    async setCap(name, maxConcurrent) {
      await overrides.set(laneCaps[name], maxConcurrent).catch((cause: unknown) => {
        throw new DeskError("DESK_SETTINGS", "The cap cannot be written down: the log says why", { cause });
      });
      const { ok } = await settings.reload();
      if (ok) return;
      const why =
        "The cap is written down, and does not hold before the other settings can be used: the log says why";
      throw new DeskError("DESK_SETTINGS", why);
    },
    // What waits is this process's own, until it is gone.
    retire: () => {},
  };
}
