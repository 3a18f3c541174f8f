import type { Rights } from '../../../kernel/access/rights.ts';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { sealedFields } from '../../../kernel/resource/sealed.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

export interface Asked {
  id: string;
  household_id: string;
  reason: string;
  sealed: 'masked' | 'revealed';
  rights: Rights;
  created_by: string | null;
}

/** With the rights of whoever asks, under which it is made. */
export async function keepRights(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(sql`update examiner_export set rights = ${JSON.stringify(ctx.actor.rights)}, created_by = ${ctx.actor.user_id}
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

/** Undefined when it was deleted, or is made already. */
export const begin = (ctx: Context, id: string): Promise<Asked | undefined> =>
  ctx.tx.maybe(sql`update examiner_export set state = 'running' where tenant_id = ${ctx.tenant_id} and id = ${id}
    and state in ('waiting', 'running')
    returning id, household_id, reason, sealed, rights, created_by`);

export async function end(
  ctx: Context,
  id: string,
  result: { state: 'done' | 'failed'; file_id?: string; size_bytes?: number; sha256?: string; error?: string },
): Promise<boolean> {
  const { state, file_id = null, size_bytes = null, sha256 = null, error = null } = result;
  const ended =
    await ctx.tx.run(sql`update examiner_export set state = ${state}, file_id = ${file_id}, size_bytes = ${size_bytes}, sha256 = ${sha256},
    error = left(${error}, 4000), finished_at = now() where tenant_id = ${ctx.tenant_id} and id = ${id}
      and state in ('waiting', 'running')`);
  return ended > 0;
}

export const findFile = (
  ctx: Context,
  id: string,
): Promise<{ name: string; content_type: string; storage_key: string; sealed: string; rights: Rights } | undefined> =>
  ctx.tx.maybe(sql`select f.name, f.content_type, f.storage_key, e.sealed, e.rights from examiner_export e
    join file f on f.tenant_id = e.tenant_id and f.id = e.file_id where e.tenant_id = ${ctx.tenant_id} and e.id = ${id}`);

/** The envelopes of rows, by id. */
export const envelopesOf = (ctx: Context, resource: Resource, ids: readonly string[]): Promise<Record<string, unknown>[]> =>
  ctx.tx.many(sql`select ${sql.join(['id', ...sealedFields(resource).keys()].map((name) => sql.ref(`r.${name}`)))}
    from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id}
      and r.id = any (${ids}::uuid[])`); // biome-ignore format: one statement

/** The people who ever belonged to a household, as far as the caller sees them. */
export async function peopleOf(ctx: Context, household_id: string): Promise<string[]> {
  const rows = await ctx.tx.many<{ id: string }>(sql`select distinct m.contact_id as id from household_member m
    join contact c on c.tenant_id = m.tenant_id and c.id = m.contact_id
    where m.tenant_id = ${ctx.tenant_id} and m.household_id = ${household_id}`);
  return rows.map(({ id }) => id);
}

export const filesOf = (
  ctx: Context,
  household_id: string,
): Promise<{ document_id: string; number: number; name: string; storage_key: string; sha256: string }[]> =>
  ctx.tx.many(sql`select v.document_id, v.number, v.name, f.storage_key, v.sha256 from document d
    join document_version v on v.tenant_id = d.tenant_id and v.document_id = d.id
    cross join lateral app.document_file(d.id, v.number) f
    where d.tenant_id = ${ctx.tenant_id} and d.household_id = ${household_id} and d.deleted_at is null order by d.id, v.number`);

/** An event of the trail about a record: that it was exported, or a sealed value of it opened. */
export async function note(
  ctx: Context,
  action: 'export' | 'reveal',
  about: { resource: string; id: string },
  what: Record<string, unknown>,
): Promise<void> {
  await ctx.tx.run(
    sql`select app.record_event(${action}, ${about.resource}, ${about.id}, null, ${JSON.stringify(what)}::jsonb)`,
  );
}
