import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { type Database, sql } from '../database/database.ts';
import { uuidV7 } from '../database/uuid.ts';
import { Problem, problems } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { type DataKey, keyIdOf, openText } from './envelope.ts';
import { deriveKey } from './master-key.ts';
import { type Binding, type KeyRing, keyOf, openBytes, sealBytes, VaultError } from './seal.ts';

const key_bytes = 32;
/** Keys that a process keeps open, those of the last use. */
const open_keys_max = 20_000;

type Kind = 'data' | 'index';

interface WrappedKey {
  id: string;
  subject_id: string | null;
  wrapped: Buffer;
  workspace_key_id: string;
}

/** A value that was opened. */
export interface OpenedText {
  /** Undefined where it does not open. */
  text: string | undefined;
  /** The number of the master key that this process lacks for it; undefined where none is missing. */
  missing_key: number | undefined;
}

/** Says of a value that does not open where it stands, and why; never the value. */
export type TellDamage = (place: string, why: string) => void;

/**
 * The data keys of all workspaces: made, wrapped and opened here, in memory. The key of a workspace wraps them, and the
 * master key (`ring`) wraps that. To keep master keys elsewhere, such as in a KMS, is to replace `wrapWorkspaceKey` and
 * `openWorkspaceKey`.
 */
export class DataKeys {
  private readonly tell: TellDamage;
  private readonly ring: KeyRing;
  private readonly open = new Map<string, KeyObject>();
  /** Keys that wait for a master key which this process lacks, with its number. */
  private readonly locked = new Map<string, number>();
  private damaged_count = 0;

  constructor(ring: KeyRing, tell: TellDamage) {
    this.ring = ring;
    this.tell = tell;
  }

  /** How many times something did not open since the process began, other than for want of a master key. */
  get damagedCount(): number {
    return this.damaged_count;
  }

  /**
   * The keys that seal what belongs to these people, or to the workspace (null); made where there is none yet. In the
   * order of `subjects`.
   */
  async sealing(ctx: Context, kind: Kind, subjects: readonly (string | null)[]): Promise<DataKey[]> {
    const wanted = [...new Set(subjects)];
    let found = await this.current(ctx, kind, wanted);
    const missing = wanted.filter((subject) => !found.has(subject));
    if (missing.length > 0) {
      await this.make(ctx, kind, missing);
      found = await this.current(ctx, kind, wanted);
    }
    const keys = await this.openAll(ctx, [...found.values()]);
    return subjects.map((subject) => {
      const { id } = found.get(subject)!;
      return { id, key: keys.get(id) ?? this.refuseClosedKey(ctx, id) };
    });
  }

  /** The keys with these ids; one that is not there is left out. */
  async byId(ctx: Context, ids: readonly string[]): Promise<Map<string, KeyObject>> {
    const { known, unknown } = this.recallAll(ctx.tenant_id, ids);
    if (unknown.length === 0) return known;
    const wrapped = await ctx.tx.many<WrappedKey>(sql`select id, subject_id, wrapped, workspace_key_id from data_key
      where tenant_id = ${ctx.tenant_id} and id = any (${unknown}::uuid[])`);
    return new Map([...known, ...(await this.openAll(ctx, wrapped))]);
  }

  /**
   * The texts of envelopes, in their order; undefined for one that does not open. That is reported, unless a master key
   * is missing. Nothing of what a data key that is gone sealed can be told from damage.
   */
  async texts(ctx: Context, sealed: readonly { envelope: Buffer; binding: Binding }[]): Promise<OpenedText[]> {
    const ids = sealed.map(({ envelope }) => keyIdIn(envelope));
    const keys = await this.byId(
      ctx,
      ids.flatMap((id) => id ?? []),
    );
    return sealed.map(({ envelope, binding }, at) => {
      const { tenant, table, column, row } = binding;
      const missing_key = this.missingKeyOf(ctx, ids[at] ?? '');
      if (missing_key !== undefined) return { text: undefined, missing_key };
      const text = this.opened(`${table}.${column} of ${row} in workspace ${tenant}`, () => {
        const key = keys.get(ids[at] ?? '');
        if (!key) throw new VaultError('key_missing', 'Its data key is not there');
        return openText(key, envelope, binding);
      });
      return { text, missing_key };
    });
  }

  /**
   * The keys of the workspace's blind indexes that open, also those that are being replaced. Without one for which a
   * master key is missing, a search would silently find too little, so it is refused.
   */
  async indexing(ctx: Context): Promise<KeyObject[]> {
    const wrapped = await ctx.tx.many<WrappedKey>(sql`select id, subject_id, wrapped, workspace_key_id from data_key
      where tenant_id = ${ctx.tenant_id} and kind = 'index'`);
    const keys = await this.openAll(ctx, wrapped);
    for (const { id } of wrapped) this.refuseMissingKey(ctx, id);
    return [...keys.values()];
  }

  /**
   * Keyed hashes of a text by every master key, that of the current one first: whoever has none of them cannot try out
   * what the text was.
   */
  digests(purpose: string, text: string): [Buffer, ...Buffer[]] {
    const { current, keys } = this.ring;
    const digest = (key: KeyObject) => createHmac('sha256', deriveKey(key, purpose)).update(text).digest();
    const others = [...keys].flatMap(([version, key]) => (version === current ? [] : [digest(key)]));
    return [digest(keyOf(this.ring, current)), ...others];
  }

  private async current(
    ctx: Context,
    kind: Kind,
    subjects: readonly (string | null)[],
  ): Promise<Map<string | null, WrappedKey>> {
    const people = subjects.filter((subject) => subject !== null);
    const rows = await ctx.tx.many<WrappedKey>(sql`select id, subject_id, wrapped, workspace_key_id from data_key
      where tenant_id = ${ctx.tenant_id} and kind = ${kind} and replaced_at is null
        and (subject_id = any (${people}::uuid[]) or ${subjects.includes(null)} and subject_id is null)`);
    return new Map(rows.map((row) => [row.subject_id, row]));
  }

  /** Of two transactions that make the key of one person, the second waits for the first and finds that one. */
  private async make(ctx: Context, kind: Kind, subjects: readonly (string | null)[]): Promise<void> {
    const workspace = await this.workspaceKey(ctx);
    const ordered = subjects.toSorted((a, b) => (a ?? '').localeCompare(b ?? ''));
    const rows = ordered.map((subject) => {
      const id = uuidV7();
      const wrapped = wrapDataKey(workspace, { id, key: createSecretKey(randomBytes(key_bytes)) }, ctx.tenant_id);
      return sql`(${ctx.tenant_id}, ${id}, ${kind}, ${subject}::uuid, ${workspace.id}, ${wrapped})`;
    });
    await ctx.tx.run(sql`insert into data_key (tenant_id, id, kind, subject_id, workspace_key_id, wrapped)
      values ${sql.join(rows)} on conflict do nothing`);
  }

  /**
   * The key that wraps new data keys of the workspace, made where there is none yet. Locked, so that it is not replaced
   * before they are there: whoever replaces it wraps them anew, and then deletes it.
   */
  private async workspaceKey(ctx: Context): Promise<DataKey> {
    const find = () =>
      ctx.tx.maybe<{ id: string }>(
        sql`select id from workspace_key where tenant_id = ${ctx.tenant_id} and replaced_at is null for share`,
      );
    let found = await find();
    if (!found) {
      await this.addWorkspaceKey(ctx);
      found = await find();
    }
    const { id } = found!;
    return { id, key: (await this.workspaceKeys(ctx, [id])).get(id) ?? this.refuseClosedKey(ctx, id) };
  }

  private async addWorkspaceKey(ctx: Context): Promise<void> {
    const id = uuidV7();
    const sealed = this.wrapWorkspaceKey(ctx.tenant_id, id, randomBytes(key_bytes));
    await ctx.tx.run(sql`insert into workspace_key (tenant_id, id, sealed_key) values (${ctx.tenant_id}, ${id}, ${sealed})
      on conflict do nothing`);
  }

  /**
   * Wraps data keys of replaced workspace keys by the current one, some at a time; answers how many. One that does not
   * open stays as it is, and is told of.
   */
  async rewrap(ctx: Context, rows_max: number, after: string): Promise<{ count: number; last: string | null }> {
    const rows =
      await ctx.tx.many<WrappedKey>(sql`select d.id, d.subject_id, d.wrapped, d.workspace_key_id from data_key d
      join workspace_key w on w.tenant_id = d.tenant_id and w.id = d.workspace_key_id
      where d.tenant_id = ${ctx.tenant_id} and w.replaced_at is not null and d.id::text > ${after}
      order by d.id::text limit ${rows_max} for no key update of d`);
    if (rows.length === 0) return { count: 0, last: null };
    const workspace = await this.workspaceKey(ctx);
    const keys = await this.openAll(ctx, rows);
    for (const [id, key] of keys) {
      const wrapped = wrapDataKey(workspace, { id, key }, ctx.tenant_id);
      await ctx.tx.run(sql`update data_key set wrapped = ${wrapped}, workspace_key_id = ${workspace.id}
        where tenant_id = ${ctx.tenant_id} and id = ${id}`);
    }
    return { count: keys.size, last: rows.length < rows_max ? null : rows.at(-1)!.id };
  }

  /** Deletes the keys of a workspace that were replaced and wrap nothing any more. */
  async forgetWorkspaceKeys(ctx: Context): Promise<void> {
    await ctx.tx.run(sql`delete from workspace_key w where w.tenant_id = ${ctx.tenant_id} and w.replaced_at is not null
      and not exists (select from data_key d where d.tenant_id = w.tenant_id and d.workspace_key_id = w.id)`);
  }

  private async workspaceKeys(ctx: Context, ids: readonly string[]): Promise<Map<string, KeyObject>> {
    const { known: keys, unknown } = this.recallAll(ctx.tenant_id, ids);
    if (unknown.length === 0) return keys;
    const rows = await ctx.tx.many<{ id: string; sealed_key: Buffer }>(sql`select id, sealed_key from workspace_key
      where tenant_id = ${ctx.tenant_id} and id = any (${unknown}::uuid[])`);
    for (const { id, sealed_key } of rows) {
      const place = `workspace_key ${id} of workspace ${ctx.tenant_id}`;
      const key = this.opened(
        place,
        () => createSecretKey(this.openWorkspaceKey(ctx.tenant_id, id, sealed_key)),
        (version) => this.lock(ctx.tenant_id, id, version),
      );
      if (!key) continue;
      keys.set(id, key);
      this.remember(ctx.tenant_id, id, key);
    }
    return keys;
  }

  /**
   * Undefined where a key or a value does not open: it is then shown as damaged, or as waiting for a master key, and
   * all else as ever.
   */
  private opened<Value>(place: string, open: () => Value, lock?: (version: number) => void): Value | undefined {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      if (error.missingKey !== undefined) lock?.(error.missingKey);
      else this.damaged_count++;
      this.tell(place, error.message);
      return undefined;
    }
  }

  private lock(tenant: string, id: string, version: number): void {
    if (this.locked.size >= open_keys_max) this.locked.delete(this.locked.keys().next().value!);
    this.locked.set(`${tenant} ${id}`, version);
  }

  /** The number of the master key that has to be there for a key to open; undefined where none is missing. */
  private missingKeyOf({ tenant_id }: Context, id: string): number | undefined {
    const version = this.locked.get(`${tenant_id} ${id}`);
    return version === undefined || this.ring.keys.has(version) ? undefined : version;
  }

  private refuseMissingKey(ctx: Context, id: string): void {
    const version = this.missingKeyOf(ctx, id);
    if (version !== undefined) throw problems.keyMissing(version);
  }

  private refuseClosedKey(ctx: Context, id: string): never {
    this.refuseMissingKey(ctx, id);
    throw new Problem(
      409,
      'key_damaged',
      'A key does not open',
      'The key that seals this value was changed. Nothing was changed. Tell your administrator.',
    );
  }

  private async openAll(ctx: Context, wrapped: readonly WrappedKey[]): Promise<Map<string, KeyObject>> {
    const ids = wrapped.map(({ id }) => id);
    const { known: keys } = this.recallAll(ctx.tenant_id, ids);
    const closed = wrapped.filter(({ id }) => !keys.has(id));
    if (closed.length === 0) return keys;
    const workspaces = await this.workspaceKeys(
      ctx,
      closed.map((row) => row.workspace_key_id),
    );
    for (const row of closed) {
      const id = row.workspace_key_id;
      const workspace = workspaces.get(id);
      const place = `data_key ${row.id} of workspace ${ctx.tenant_id}`;
      const missing = this.missingKeyOf(ctx, id);
      if (missing !== undefined) this.lock(ctx.tenant_id, row.id, missing);
      const key = workspace && this.opened(place, () => openDataKey({ id, key: workspace }, row, ctx.tenant_id));
      if (!key) continue;
      keys.set(row.id, key);
      this.remember(ctx.tenant_id, row.id, key);
    }
    return keys;
  }

  /**
   * An id is random and never given again, so a key that a transaction made and rolled back opens nothing, and harms
   * nobody here.
   */
  private remember(tenant: string, id: string, key: KeyObject): void {
    this.locked.delete(`${tenant} ${id}`);
    if (this.open.size >= open_keys_max) this.open.delete(this.open.keys().next().value!);
    this.open.set(`${tenant} ${id}`, key);
  }

  /** The keys that are open already, and the ids of the others. */
  private recallAll(tenant: string, ids: readonly string[]): { known: Map<string, KeyObject>; unknown: string[] } {
    const known = new Map<string, KeyObject>();
    for (const id of new Set(ids)) {
      const key = this.recall(tenant, id);
      if (key) known.set(id, key);
    }
    return { known, unknown: [...new Set(ids)].filter((id) => !known.has(id)) };
  }

  private recall(tenant: string, id: string): KeyObject | undefined {
    const place = `${tenant} ${id}`;
    const key = this.open.get(place);
    if (!key) return undefined;
    this.open.delete(place);
    this.open.set(place, key);
    return key;
  }

  private wrapWorkspaceKey(tenant: string, id: string, key: Buffer): Buffer {
    return sealBytes(this.ring, key, workspaceBinding(tenant, id));
  }

  private openWorkspaceKey(tenant: string, id: string, sealed: Buffer): Buffer {
    return openBytes(this.ring, sealed, workspaceBinding(tenant, id));
  }
}

const workspaceBinding = (tenant: string, row: string) => ({
  tenant,
  table: 'workspace_key',
  column: 'sealed_key',
  row,
});
const dataBinding = (tenant: string, row: string) => ({ tenant, table: 'data_key', column: 'wrapped', row });
const ringOf = ({ key }: DataKey): KeyRing => ({ current: 1, keys: new Map([[1, key]]) });

export const wrapDataKey = (workspace: DataKey, { id, key }: DataKey, tenant: string): Buffer =>
  sealBytes(ringOf(workspace), key.export(), dataBinding(tenant, id));

const openDataKey = (workspace: DataKey, { id, wrapped }: WrappedKey, tenant: string): KeyObject =>
  createSecretKey(openBytes(ringOf(workspace), wrapped, dataBinding(tenant, id)));

const keysOf = new WeakMap<Database, DataKeys>();

/** Gives a connection what its records are sealed with, once at start. */
export const setDataKeys = (db: Database, keys: DataKeys): void => void keysOf.set(db, keys);

export function dataKeys({ db }: Pick<Context, 'db'>): DataKeys {
  const keys = keysOf.get(db);
  if (!keys) throw new Error('setDataKeys was not called for this connection');
  return keys;
}

function keyIdIn(envelope: Buffer): string | undefined {
  try {
    return keyIdOf(envelope);
  } catch {
    return undefined;
  }
}
