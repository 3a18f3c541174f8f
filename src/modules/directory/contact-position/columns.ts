import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import { listed } from '../../../platform/csv/index.ts';

/** `Board at Acme (2020-02-01 – )`: the days are there where one of them is known. */
const position = (c: { role: string; company: string; from: string; to: string }): RawBuilder<unknown> => {
  const [role, company, from, to] = [sql.ref(c.role), sql.ref(c.company), sql.ref(c.from), sql.ref(c.to)];
  return sql`concat(${role}, case when ${role} is not null and ${company} is not null then ' at ' end, ${company},
    case when coalesce(${from}, ${to}) is not null then concat(' (', ${from}, ' – ', ${to}, ')') end)`;
};

/** A list in JSON beside that of the companies, where there is anything to say. */
const ofCompanies = (name: string): RawBuilder<unknown> => {
  const value = sql.ref(`i.${name}`);
  return sql`case when count(${value}) > 0 then (jsonb_agg(${value} order by i.position) filter (where i.company is not null))::text end`;
};

/** All positions of all contacts at once, with names of companies that the caller may read. */
export const positionsJoin = sql`left join (
    select i.contact_id, jsonb_agg(i.item order by i.position) as items, string_agg(${listed(sql`i.line`)}, '; '
      order by i.position) as lines,
      string_agg(${listed(sql`i.company`)}, '; ' order by i.position) filter (where i.company is not null) as companies,
      ${ofCompanies('role')} as roles, ${ofCompanies('started_on')} as started_on, ${ofCompanies('ended_on')} as ended_on
    from (select p.contact_id, p.position, p.item, f.*,
      ${position({ role: 'f.role', company: 'f.company', from: 'f.started_on', to: 'f.ended_on' })} as line
      from contact_position_item p, lateral (select p.item ->> 'role' as role, p.item -> 'company' ->> 'name' as company,
        p.item ->> 'started_on' as started_on, p.item ->> 'ended_on' as ended_on) f) i
    group by 1) x_positions on x_positions.contact_id = r.id`;

/**
 * What an export writes of positions: for people a line of each; for an import lists, each in the order of the
 * companies.
 */
export const positionExported = (column: 'lines' | 'companies' | 'roles' | 'started_on' | 'ended_on') => ({
  value: sql.ref(`x_positions.${column}`),
  join: positionsJoin,
});
