import type { z } from 'zod';
import { type Route, route } from '../../../../kernel/http/route.ts';
import { decodeCursor, encodeCursor } from '../../../../kernel/resource/cursor.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { raw_bytes_max } from '../../message/index.ts';
import { requireOwn } from '../connection/routes.ts';
import { attempts_max } from '../sync/queries.ts';
import { type ledgerQuery as LedgerQuery, ledgerPage, ledgerQuery } from './contract.ts';
import { countOutcomes, findItems, type LedgerRow } from './queries.ts';

/** One sentence on what became of a mail. */
function explain({ outcome, rule, problem, folder, retry_at, attempts, size_bytes }: Omit<LedgerRow, 'id'>): string {
  switch (outcome) {
    case 'listed':
      return 'Your provider lists it, and it is fetched shortly; the newest mails come first.';
    case 'received':
      return 'It has been fetched and is being read.';
    case 'imported':
      return problem ? 'It is here. Your provider refused to move it to another folder.' : 'It is here.';
    case 'duplicate':
      return 'It is here once: the same mail also came in another folder or mailbox.';
    case 'excluded':
      return rule === 'folder'
        ? `It is in the folder ${folder}, which is not imported. Open the folder and import it to get all its mail, including older mail.`
        : `It was left out by a rule (${rule}).`;
    case 'too_large':
      return `It has ${Math.ceil(size_bytes / 1_048_576)} MB, more than the ${raw_bytes_max / 1_048_576} MB that are fetched. It stays at your provider.`;
    case 'failed':
      return attempts >= attempts_max || !retry_at
        ? `It could not be read: ${problem}.`
        : `It could not be fetched (${problem}) and is tried again.`;
    case 'gone':
      return 'It was deleted or moved at your provider, which confirmed that.';
  }
}

async function listItems(ctx: Context, query: z.output<typeof LedgerQuery>) {
  const { mailbox_id, q, outcome, folder_id, limit } = query;
  const binding = JSON.stringify([ctx.tenant_id, 'mail-ledger', mailbox_id, q, outcome, folder_id]);
  const [sent_at = null, id = null] = query.cursor ? decodeCursor(query.cursor, binding) : [];
  const rows = await findItems(ctx, query, { sent_at, id });
  const data = rows
    .slice(0, limit)
    .map(({ problem, retry_at, ...row }) => ({ ...row, sentence: explain({ ...row, problem, retry_at }) }));
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([last.sent_at, last.id], binding) : null };
}

export const ledgerRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/mail-ledger',
    tag: 'Mailboxes',
    summary: 'What became of each mail that the provider of one of your mailboxes lists',
    access: { resource: 'mailbox', action: 'read' },
    query: ledgerQuery,
    response: ledgerPage,
    handler: async (ctx, { query }) => {
      await requireOwn(ctx, query.mailbox_id);
      return { body: { ...(await listItems(ctx, query)), counts: await countOutcomes(ctx, query.mailbox_id) } };
    },
  }),
];
