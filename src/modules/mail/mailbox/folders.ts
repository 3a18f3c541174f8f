import { idParams } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { findConnection } from './connection/queries.ts';
import { folder, folderChoice, folders, mailbox } from './contract.ts';
import { syncAt } from './sync/jobs.ts';
import { chooseFolder } from './sync/queries.ts';

const columns = sql.raw(`f.id, f.path, f.name, f.role, f.is_chosen, f.is_label, f.provider_count,
  (select count(*) from mail_thread t where t.tenant_id = f.tenant_id and t.mailbox_id = f.mailbox_id and f.id = any (t.folder_ids) and t.unread > 0)::int as unread,
  case when f.is_label then (select count(*) from mail_ledger l where l.tenant_id = f.tenant_id and l.mailbox_id = f.mailbox_id
      and f.id = any (l.label_ids) and l.outcome <> 'gone')
    else (select count(*) from mail_ledger l where l.tenant_id = f.tenant_id and l.folder_id = f.id and l.outcome <> 'gone') end::int
    as ledger_count`);

const listFolders = (ctx: Context, mailbox_id: string) =>
  ctx.tx.many(sql`select ${columns} from mail_folder f where f.tenant_id = ${ctx.tenant_id} and f.mailbox_id = ${mailbox_id}
    and f.gone_at is null
    order by array_position('{inbox,sent,drafts,archive,all,junk,trash}'::text[], f.role), f.path limit 1000`);

export const folderRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/mailboxes/{id}/folders',
    tag: 'Mailboxes',
    summary: 'The folders of a mailbox',
    access: { resource: 'mailbox', action: 'read' },
    params: idParams,
    response: folders,
    handler: async (ctx, { params }) => {
      await getRow(ctx, mailbox, params.id);
      const is_connected = (await findConnection(ctx, params.id)) !== undefined;
      return { body: { data: await listFolders(ctx, params.id), is_connected } };
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/v1/mail-folders/{id}',
    tag: 'Mailboxes',
    summary: 'Choose whether the mail of a folder is imported, that of the past too',
    access: { resource: 'mailbox', action: 'update' },
    params: idParams,
    body: folderChoice,
    response: folder,
    handler: async (ctx, { params, body }) => {
      const chosen = await chooseFolder(ctx, params.id, body.is_chosen);
      if (!chosen) throw problems.notFound('folder of yours');
      if (await findConnection(ctx, chosen.mailbox_id)) await syncAt(ctx, chosen.mailbox_id, 0);
      return {
        body: await ctx.tx.one(
          sql`select ${columns} from mail_folder f where f.tenant_id = ${ctx.tenant_id} and f.id = ${params.id}`,
        ),
      };
    },
  }),
];
