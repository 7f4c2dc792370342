import { StoreError } from "../errors.ts";
import { isMissingTable } from "./failure.ts";
import { quoteIdentifier } from "./identifier.ts";

type Run = (action: string, text: string, values?: unknown[]) => Promise<readonly unknown[]>;

const action = "Cannot prepare the tables";

/** Tables and functions of one version, made or brought up to date once by whichever process comes first. */
export class Schema {
  readonly #name: string;
  readonly #quoted: string;
  readonly #migrations: readonly string[];
  readonly #run: Run;
  #ready: Promise<void> | undefined;

  constructor(name: string, migrations: readonly string[], run: Run) {
    this.#name = name;
    this.#migrations = migrations;
    this.#quoted = quoteIdentifier(name);
    this.#run = run;
  }

  /** Looks once and again after a failure: a server that was away comes back. */
  ready(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  /** Where there is nothing to do, it needs no right to make anything. */
  async #prepare(): Promise<void> {
    const known = this.#migrations.length;
    let version = await this.#readVersion();
    if (version < known) {
      await this.#migrate();
      version = await this.#readVersion();
    }
    if (version > known) {
      const message = `${action}: schema ${this.#quoted} has version ${version}, this package knows ${known}`;
      throw new StoreError("STORE_NEWER_SCHEMA", message, { retryable: false });
    }
  }

  async #readVersion(): Promise<number> {
    try {
      const text = `select max(version)::text as version from ${this.#quoted}.schema_version`;
      const [row] = (await this.#run(action, text, [])) as readonly { readonly version: string | null }[];
      return Number(row?.version ?? 0);
    } catch (error) {
      if (isMissingTable((error as StoreError).cause)) return 0;
      throw error;
    }
  }

  async #migrate(): Promise<void> {
    const found = await this.#run(action, "select from pg_namespace where nspname = $1", [this.#name]);
    // Even `if not exists` needs the right to make one.
    const makeSchema = found.length > 0 ? "" : `create schema if not exists ${this.#quoted};`;
    const steps = this.#migrations.map(
      (statements, index) => `
        if (select coalesce(max(version), 0) from schema_version) = ${index} then
          ${statements}
          insert into schema_version (version) values (${index + 1});
        end if;`,
    );
    // One message to the server: the lock and the half-made tables go with the transaction if this process dies.
    await this.#run(
      action,
      `begin isolation level read committed;
      select pg_advisory_xact_lock(${lockKey});
      ${makeSchema}
      set local search_path = ${this.#quoted}, pg_temp;
      do $migration$ begin
        create table if not exists schema_version (
          version integer primary key,
          applied_at timestamptz not null default clock_timestamp()
        );
        ${steps.join("\n")}
      end $migration$;
      commit`,
    );
  }
}

/** Of this package, for every schema of a database: who comes second waits, and finds the work done. */
const lockKey = 1_702_389_091;
