import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** All addresses of mailboxes, with their owners: mail from them is ours, and nobody else is found by them. */
export const ownAddresses = ({ tenant_id }: Context) =>
  sql`(select lower(m.address) as address, m.owner_id from mailbox m where m.tenant_id = ${tenant_id}
    union all select a.address, m.owner_id from mailbox_alias a join mailbox m on m.tenant_id = a.tenant_id and m.id = a.mailbox_id
      where a.tenant_id = ${tenant_id} and a.confirmed_at is not null)`;
