import { idParams } from '../../../kernel/contract/resource.ts';
import { contentDisposition } from '../../../kernel/files/names.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import { withContext } from '../../../kernel/tenancy/context.ts';
import { contact } from '../contact/contract.ts';
import { type ContactOfCard, cardOf, todayInUtc } from './contact-card.ts';
import { writeCard } from './write.ts';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/contacts/{id}/vcard',
    tag: 'Contacts',
    summary: 'A contact as a vCard',
    access: { resource: 'contact', action: 'read' },
    transaction: false,
    params: idParams,
    produces: 'text/vcard',
    handler: async ({ db, actor }, { params, reply }) => {
      const row = await withContext(db, actor!, (ctx) => getRow(ctx, contact, params.id), { mode: 'read' });
      return reply
        .header('content-type', 'text/vcard; charset=utf-8')
        .header('content-disposition', contentDisposition('attachment', `${row.name}.vcf`))
        .send(writeCard(cardOf(row as unknown as ContactOfCard, todayInUtc())));
    },
  }),
];
