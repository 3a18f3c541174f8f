import { resourceNamed } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import {
  type EventValues,
  isSealedText,
  markSql,
  openTexts,
  sealableFields,
  storedText,
  textOfValue,
} from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { PersonalSealing } from './contract.ts';
import { sealableResources, sealedHistory } from './history.ts';

const listed_max = 100;

type Closed = PersonalSealing['closed'][number];
type Found = Omit<Closed, 'why'> & { text: string; table: string };

/** The first sealed texts of a workspace that do not open. */
export async function listClosed(ctx: Context): Promise<Closed[]> {
  const found = [...(await sealedTextsOfRecords(ctx)), ...(await sealedTextsOfHistory(ctx))];
  const opened = await openTexts(
    ctx,
    found.map(({ field: column, record_id: row, text, table }) => ({ text, table, column, row })),
  );
  const closed = found.flatMap(({ text: _, table: __, ...one }, at): Closed[] => {
    const { text, missing_key } = opened[at]!;
    return text === undefined ? [{ ...one, why: missing_key === undefined ? 'damaged' : 'key_missing' }] : [];
  });
  const each = new Map(closed.map((one) => [JSON.stringify(one), one]));
  return [...each.values()].slice(0, listed_max);
}

async function sealedTextsOfRecords(ctx: Context): Promise<Found[]> {
  const found: Found[] = [];
  for (const resource of sealableResources())
    for (const field of sealableFields(resource)) {
      const { name, table } = resource;
      const column = storedText(resource, field);
      const rows = await ctx.tx.many<{ record_id: string; text: string }>(
        sql`select r.id as record_id, ${column} as text from ${sql.table(table)} r
          where r.tenant_id = ${ctx.tenant_id} and starts_with(${column}, ${markSql}) limit ${listed_max}`,
      );
      found.push(...rows.map((row) => ({ ...row, resource: name, table, field, stands_in: 'record' as const })));
    }
  return found;
}

async function sealedTextsOfHistory(ctx: Context): Promise<Found[]> {
  const events = await ctx.tx.many<EventValues & { record_id: string }>(
    sql`select h.resource, h.record_id, h.before, h.after from record_history h
      where h.tenant_id = ${ctx.tenant_id} and h.record_id is not null and (${sql.raw(sealedHistory())}) limit ${listed_max}`,
  );
  return events.flatMap(({ resource: name, record_id, before, after }) => {
    const resource = resourceNamed(name)!;
    const { meta } = resource;
    return sealableFields(resource).flatMap((field) =>
      [before?.[field], after?.[field]]
        .map((value) => textOfValue(meta.get(field)!, value))
        .flatMap((text) =>
          isSealedText(text)
            ? { resource: name, table: resource.table, record_id, field, text, stands_in: 'history' as const }
            : [],
        ),
    );
  });
}
