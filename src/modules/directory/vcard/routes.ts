import type { LabelledValue } from '../../../kernel/contract/fields.ts';
import { idParams } from '../../../kernel/contract/resource.ts';
import { contentDisposition } from '../../../kernel/files/names.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { getRow, type Values } from '../../../kernel/resource/store.ts';
import { withContext } from '../../../kernel/tenancy/context.ts';
import { contact } from '../contact/contract.ts';
import type { Card } from './card.ts';
import { writeCard } from './write.ts';

export const routes: Route[] = [
  route({
    method: 'GET', path: '/api/v1/contacts/{id}/vcard', tag: 'Contacts', summary: 'A contact as a vCard', access: { resource: 'contact', action: 'read' }, transaction: false, params: idParams, produces: 'text/vcard',
    handler: async ({ db, actor }, { params, reply }) => {
      const row = await withContext(db, actor!, (ctx) => getRow(ctx, contact, params.id), { mode: 'read' });
      return reply
        .header('content-type', 'text/vcard; charset=utf-8')
        .header('content-disposition', contentDisposition('attachment', `${row.name}.vcf`))
        .send(writeCard(cardOf(row)));
    },
  }),
]; // biome-ignore format: one line of facts, then the handler

function cardOf(row: Values): Card {
  const text = (name: string) => row[name] as string | null;
  const named = (value: unknown) => (value as { name: string } | null)?.name ?? null;
  const values = (list: unknown) => (list as LabelledValue[]).map(({ value }) => value);
  return {
    id: text('id'),
    uid: text('external_id'),
    given_name: text('given_name'),
    family_name: text('family_name'),
    emails: [text('email') ?? [], values(row.other_emails)].flat(),
    phones: [text('phone') ?? [], values(row.other_phones)].flat(),
    job_title: text('job_title'),
    company: named(row.company),
    street: text('street'),
    city: text('city'),
    region: text('region'),
    postal_code: text('postal_code'),
    country: text('country'),
    time_zone: text('time_zone'),
    tags: (row.tags as unknown[]).flatMap((tag) => named(tag) ?? []),
  };
}
