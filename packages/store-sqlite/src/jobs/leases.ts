import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Transaction, Work } from "../database/work.ts";
import { requireId } from "../internal/check-values.ts";
import type { Lease } from "./job.ts";

/** The signs of life of the owners. Whoever holds a job has a lease, or nobody could ever adopt it. */
export class Leases {
  readonly #make: StatementSync;
  readonly #raise: StatementSync;
  readonly #letGo: StatementSync;
  readonly #remove: StatementSync;
  readonly #find: StatementSync;
  readonly #list: StatementSync;
  readonly #holdsSomething: StatementSync;
  #transaction: Transaction | undefined;
  #madeLane = "";
  #madeOwner = "";

  constructor(database: DatabaseSync) {
    this.#make = database.prepare(
      "INSERT INTO leases (lane, owner, count) VALUES (?, ?, 1) ON CONFLICT DO NOTHING",
    );
    this.#raise = database.prepare(
      `INSERT INTO leases (lane, owner, count) VALUES (?, ?, 1)
       ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count`,
    );
    this.#letGo = database.prepare(
      "INSERT INTO leases (lane, owner, count) VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET count = 0",
    );
    this.#remove = database.prepare("DELETE FROM leases WHERE lane = ? AND owner = ?");
    this.#find = database.prepare("SELECT count FROM leases WHERE lane = ? AND owner = ?");
    this.#list = database.prepare("SELECT owner, count FROM leases WHERE lane = ?");
    this.#holdsSomething = database.prepare(
      `SELECT EXISTS (SELECT 1 FROM jobs WHERE state = 0 AND state < 2 AND lane = ? AND owner = ?)
           OR EXISTS (SELECT 1 FROM jobs WHERE state = 1 AND state < 2 AND lane = ? AND owner = ?) AS holds`,
    );
  }

  /** Makes the owner's lease, at 1, if there is none. */
  ensure(transaction: Transaction, lane: string, owner: string): void {
    // Most jobs of a transaction have one owner, and its lease was seen a moment ago.
    const isMade = this.#transaction === transaction && this.#madeOwner === owner && this.#madeLane === lane;
    if (isMade) return;
    this.#make.run(lane, owner);
    this.#transaction = transaction;
    this.#madeLane = lane;
    this.#madeOwner = owner;
  }

  find(lane: string, owner: string): number | undefined {
    return this.#find.get(lane, owner)?.["count"] as number | undefined;
  }

  /** Sets the lease to 0, or removes it if the owner has nothing queued or running. */
  letGo(lane: string, owner: string): void {
    if (this.holdsSomething(lane, owner)) this.#letGo.run(lane, owner);
    else this.remove(lane, owner);
  }

  holdsSomething(lane: string, owner: string): boolean {
    return this.#holdsSomething.get(lane, owner, lane, owner)?.["holds"] === 1;
  }

  remove(lane: string, owner: string): void {
    this.#transaction = undefined;
    this.#remove.run(lane, owner);
  }

  readonly prepareRaise = (lane: string, owner: string): Work<number> => {
    requireOwner(lane, owner, "Cannot raise lease");
    return () => Number(this.#raise.get(lane, owner)?.["count"]);
  };

  readonly prepareRelease = (lane: string, owner: string): Work<void> => {
    requireOwner(lane, owner, "Cannot release lease");
    return () => this.letGo(lane, owner);
  };

  readonly prepareList = (lane: string): Work<Lease[]> => {
    requireId(lane, "Cannot list leases", "lane");
    return () =>
      this.#list.all(lane).map(({ owner, count }) => ({ owner: String(owner), count: Number(count) }));
  };
}

function requireOwner(lane: string, owner: string, action: string): void {
  requireId(lane, action, "lane");
  requireId(owner, action, "owner");
}
