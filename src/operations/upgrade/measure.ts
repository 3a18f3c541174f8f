import type pg from 'pg';
import type { MigrationObserver } from '../../kernel/database/migrate.ts';

export interface Step {
  name: string;
  ms: number;
}

export interface HeldLock {
  table: string;
  /** As PostgreSQL names it: `AccessExclusiveLock`. */
  mode: string;
  blocks: 'reads and writes' | 'writes';
  /** From the beginning of the step that took it until the commit: it was not held for longer. */
  held_ms: number;
}

/**
 * The modes that make others wait, strongest last. ShareUpdateExclusiveLock and weaker ones hold up neither reads nor
 * writes.
 */
const strong: readonly string[] = ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'];

/**
 * The locks on tables that existed before; partitions count as their table. A lock stays until the end of the
 * transaction.
 */
const ownLocks = `
  select coalesce(pg_partition_root(c.oid), c.oid)::regclass::text as table, l.mode
  from pg_locks l join pg_class c on c.oid = l.relation
  where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted and l.mode = any($1) and c.oid = any($2)
    and l.database = (select oid from pg_database where datname = current_database())`;

const tables = `select array_agg(c.oid) as oids from pg_class c
  where c.relkind in ('r', 'p', 'm') and c.relnamespace in ('public'::regnamespace, 'app'::regnamespace)`;

/** Measures what a migration takes, and which tables it locks for how long. */
export class MigrationMeasure implements MigrationObserver {
  readonly steps: Step[] = [];
  private readonly taken = new Map<string, { table: string; mode: string; from: number }>();
  private before: number[] = [];
  private stepBegan = 0;
  private end = 0;

  async begin(client: pg.Client): Promise<void> {
    this.steps.length = 0;
    this.taken.clear();
    this.before = (await client.query<{ oids: number[] | null }>(tables)).rows[0]!.oids ?? [];
    this.stepBegan = performance.now();
  }

  async applied(client: pg.Client, name: string): Promise<void> {
    this.steps.push({ name, ms: performance.now() - this.stepBegan });
    const { rows } = await client.query<{ table: string; mode: string }>(ownLocks, [strong, this.before]);
    for (const { table, mode } of rows) {
      const known = this.taken.get(`${table} ${mode}`);
      if (!known) this.taken.set(`${table} ${mode}`, { table, mode, from: this.stepBegan });
    }
    this.stepBegan = performance.now();
  }

  async beforeCommit(_client: pg.Client): Promise<void> {}

  committed(): void {
    this.end = performance.now();
  }

  /**
   * For each table and what was blocked, the longest, longest first. What blocks reads blocks writes too, which is not
   * said again.
   */
  locks(): HeldLock[] {
    const found = new Map<string, HeldLock>();
    for (const { table, mode, from } of this.taken.values()) {
      const blocks = mode === 'AccessExclusiveLock' ? 'reads and writes' : 'writes';
      const lock = { table, mode, blocks, held_ms: Math.round(this.end - from) } satisfies HeldLock;
      const known = found.get(`${table} ${blocks}`);
      if (!known || known.held_ms < lock.held_ms) found.set(`${table} ${blocks}`, lock);
    }
    const implied = ({ table, blocks, held_ms }: HeldLock) =>
      blocks === 'writes' && (found.get(`${table} reads and writes`)?.held_ms ?? -1) >= held_ms;
    return [...found.values()]
      .filter((lock) => !implied(lock))
      .sort((a, b) => b.held_ms - a.held_ms || (a.table < b.table ? -1 : 1));
  }
}
