import type { RawBuilder } from 'kysely';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { PeopleQuery, Person } from './contract.ts';

/** A record, and what somebody writes on it. */
export interface MentionTarget {
  noun: string;
  record_id: string;
  attached: 'comment' | 'note';
  author_id: string | null;
}

const readersSql = ({ noun, record_id, attached, author_id }: MentionTarget): RawBuilder<unknown> =>
  sql`app.record_readers(${noun}, ${record_id}, ${attached}, ${author_id})`;

/** Whom the caller sees: who reads a record is asked for everybody. */
const isSeen = ({ tenant_id }: Context) =>
  sql`exists (select from user_account u where u.tenant_id = ${tenant_id} and u.id = p.id)`;

/**
 * The people of these ids who are active, each with whether they may read the record. `known` are named to callers who
 * see nobody, too.
 */
export function readersAmong(
  ctx: Context,
  target: MentionTarget,
  ids: readonly string[],
  known: readonly string[],
): Promise<Person[]> {
  return ctx.tx.many(sql`select p.id, p.name, p.may_read from ${readersSql(target)} p
    where p.id = any (${ids}::uuid[]) and (p.id = any (${known}::uuid[]) or ${isSeen(ctx)})`);
}

/** People by the beginning of a word of their name; those who may read the record first. */
export function searchPeople(ctx: Context, target: MentionTarget, { q, limit }: PeopleQuery): Promise<Person[]> {
  const folded = sql`' ' || app.compared_text(p.name)`;
  return ctx.tx.many(sql`select p.id, p.name, p.may_read from ${readersSql(target)} p
    where (${q} = '' or strpos(${folded}, ' ' || app.compared_text(${q})) > 0) and ${isSeen(ctx)}
    order by p.may_read desc, p.name, p.id limit ${limit}`);
}
