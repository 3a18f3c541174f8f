import { customValueTypes } from '../../kernel/contract/custom-field.ts';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** `from.column` refers to the id of `to`; or a custom field of `from` does. */
export interface Link {
  from: string;
  column: string;
  to: string;
  /** What the audit calls rows of `from`. */
  resource: string;
  /** While a row refers to a record, the record cannot be deleted. */
  blocks: boolean;
  custom_field_id: string | null;
}

/**
 * Which tables refer to which. Rows without an audit are none of a person's doing: they follow from records, as scores
 * and visits of stages do, or are bookkeeping, and go where their records go. Custom fields that hold ids refer as
 * columns do. What refers to a "subject" refers to a record of any type, and so do entries by the records that they are
 * about (`record_link`).
 */
export function linksBetween(ctx: Context): Promise<Link[]> {
  return ctx.tx.many(sql`
    select f.relname::text as "from", a.attname::text as "column", o.relname::text as "to",
      split_part(encode(audit.tgargs, 'escape'), '\\000', 1) as resource,
      k.confdeltype in ('a', 'r') as blocks, null::uuid as custom_field_id
    from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    join pg_namespace n on n.oid = t.relnamespace
    join pg_trigger audit on audit.tgrelid = f.oid and audit.tgname = 'audit_insert'
    join lateral unnest(k.conkey, k.confkey) as pair (mine, theirs) on true
    join pg_attribute a on a.attrelid = f.oid and a.attnum = pair.mine
    join pg_attribute r on r.attrelid = t.oid and r.attnum = pair.theirs
    join lateral (select t.relname where t.relname <> 'subject'
      union all select c.relname from pg_class c join pg_trigger g on g.tgrelid = c.oid and g.tgname = 'forget_subjects'
        where t.relname = 'subject') o on true
    where k.contype = 'f' and n.nspname = 'public' and r.attname = 'id' and t.relname <> 'tenant'
    union all
    select e.relname::text, 'records', s.relname::text, e.relname::text, false, null
    from pg_class e join pg_trigger l on l.tgrelid = e.oid and l.tgname = 'link_entries'
    cross join pg_class s join pg_trigger g on g.tgrelid = s.oid and g.tgname = 'forget_subjects'
    union all
    select c.resource, 'custom', case c.type when 'user' then 'user_account' else c.type end, c.resource, false, c.id
    from custom_field c where c.tenant_id = ${ctx.tenant_id} and (c.type = 'user' or c.type <> all (${customValueTypes}))`);
}
