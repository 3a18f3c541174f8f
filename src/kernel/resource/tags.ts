import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';
import { settle } from './settle.ts';

/** The tags that a record is to have; undefined when the input says nothing about them. */
export function tagsOf(resource: Resource, input: Readonly<Record<string, unknown>>): string[] | undefined {
  const field = [...resource.meta].find(([, meta]) => meta.type === 'tags')?.[0];
  return field ? (input[field] as string[] | undefined) : undefined;
}

/** Gives a record these tags and no others. Whoever calls it has locked the record. */
export async function setTags(
  ctx: Context,
  id: string,
  tags: readonly string[],
  { isNew = false } = {},
): Promise<void> {
  if (isNew && tags.length === 0) return;
  const removed = isNew
    ? undefined
    : ctx.tx.run(
        sql`delete from record_tag where tenant_id = ${ctx.tenant_id} and record_id = ${id} and tag_id <> all (${tags})`,
      );
  const added = ctx.tx.run(sql`insert into record_tag (tenant_id, tag_id, record_id)
    select ${ctx.tenant_id}, tag_id, ${id} from unnest(${tags}::uuid[]) as wanted (tag_id) on conflict do nothing`);
  await settle([removed, added]);
}
