import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import { listed } from '../csv/index.ts';
import type { ExportColumn } from './columns.ts';

/** `Board at Acme (2020-02-01 – )`: the days are there where one of them is known. */
const position = (c: { role: string; company: string; from: string; to: string }): RawBuilder<unknown> => {
  const [role, company, from, to] = [sql.ref(c.role), sql.ref(c.company), sql.ref(c.from), sql.ref(c.to)];
  return sql`concat(${role}, case when ${role} is not null and ${company} is not null then ' at ' end, ${company},
    case when coalesce(${from}, ${to}) is not null then concat(' (', ${from}, ' – ', ${to}, ')') end)`;
};

/** All positions of all contacts at once, with names of companies that the caller may read. */
const positions_join = sql`left join (
    select i.contact_id, jsonb_agg(i.item order by i.position) as items, string_agg(${listed(sql`i.line`)}, '; ' order by i.position) as lines
    from (select p.contact_id, p.position, p.item, ${position({ role: 'f.role', company: 'f.company', from: 'f.started_on', to: 'f.ended_on' })} as line
      from contact_position_item p, lateral (select p.item ->> 'role' as role, p.item -> 'company' ->> 'name' as company,
        p.item ->> 'started_on' as started_on, p.item ->> 'ended_on' as ended_on) f) i
    group by 1) x_positions on x_positions.contact_id = r.id`;

export const positionsColumn: ExportColumn = {
  name: 'positions',
  label: 'Positions',
  value: sql`x_positions.lines`,
  join: positions_join,
  text: true,
};

const company_join = sql`left join company as x_card_company on x_card_company.tenant_id = r.tenant_id and x_card_company.id = r.company_id`;
const tags_join = sql`left join (select t.contact_id, jsonb_agg(jsonb_build_object('name', g.name) order by g.name) as items
    from record_tag t join tag g on g.tenant_id = t.tenant_id and g.id = t.tag_id
    where t.contact_id is not null group by 1) x_card_tags on x_card_tags.contact_id = r.id`;

const fields = [
  'id', 'external_id', 'given_name', 'family_name', 'email', 'email_label', 'other_emails', 'phone', 'phone_label', 'other_phones', 'street', 'city', 'region',
  'postal_code', 'country', 'address_label', 'other_addresses', 'sites', 'social_profiles', 'birthday', 'time_zone', 'job_title',
]; // biome-ignore format: a list of words

/** All that a vCard says of a contact, as JSON (`ContactOfCard`). */
export const cardColumn: ExportColumn = {
  name: 'card',
  label: 'Card',
  value: sql`jsonb_build_object(${sql.join(fields.map((field) => sql`${field}::text, ${sql.ref(`r.${field}`)}`))},
    'company', case when x_card_company.id is not null then jsonb_build_object('name', x_card_company.name) end,
    'positions', coalesce(x_positions.items, '[]'), 'tags', coalesce(x_card_tags.items, '[]'))`,
  join: sql.join([company_join, tags_join, positions_join], sql` `),
  text: false,
};
