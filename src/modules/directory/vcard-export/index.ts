import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { sql } from '../../../kernel/database/database.ts';
import type { ExportColumn, RecordFormat } from '../../../platform/export/index.ts';
import { positionsJoin } from '../contact-position/index.ts';
import { type ContactOfCard, cardOf, todayInUtc, writeCard } from '../vcard/index.ts';

const company_join = sql`left join company as x_card_company on x_card_company.tenant_id = r.tenant_id
  and x_card_company.id = r.company_id`;
const tags_join = sql`left join (select t.record_id, jsonb_agg(jsonb_build_object('name', g.name) order by g.name) as items
    from record_tag t join tag g on g.tenant_id = t.tenant_id and g.id = t.tag_id
    group by 1) x_card_tags on x_card_tags.record_id = r.id`;

const fields = [
  'id',
  'external_id',
  'salutation',
  'given_name',
  'middle_name',
  'family_name',
  'suffix',
  'email',
  'email_label',
  'other_emails',
  'phone',
  'phone_label',
  'other_phones',
  'street',
  'city',
  'region',
  'postal_code',
  'country',
  'address_label',
  'other_addresses',
  'sites',
  'social_profiles',
  'birthday',
  'time_zone',
  'job_title',
];

/** All that a vCard says of a contact, as JSON (`ContactOfCard`). */
const cardColumn: ExportColumn = {
  name: 'card',
  label: 'Card',
  value: sql`jsonb_build_object(${sql.join(fields.map((field) => sql`${field}::text, ${sql.ref(`r.${field}`)}`))},
    'company', case when x_card_company.id is not null then jsonb_build_object('name', x_card_company.name) end,
    'positions', coalesce(x_positions.items, '[]'), 'tags', coalesce(x_card_tags.items, '[]'))`,
  join: sql.join([company_join, tags_join, positionsJoin], sql` `),
  names: ['company', 'tag'],
  text: false,
  isRecord: true,
};

/** Contacts as vCards. */
export const cardFormat: RecordFormat = {
  message: 'A vCard is of a contact as a whole: export contacts, without naming columns',
  contentType: 'text/vcard',
  column: cardColumn,
  write: (csv) => Readable.from(cards(csv), { objectMode: false }),
};

async function* cards(csv: Readable): AsyncGenerator<string> {
  const parser = parse();
  // What goes wrong is told to whoever reads the rows.
  pipeline(csv, parser, () => undefined);
  const today = todayInUtc();
  for await (const [contact] of parser as AsyncIterable<string[]>)
    yield writeCard(cardOf(JSON.parse(contact!) as ContactOfCard, today));
}
