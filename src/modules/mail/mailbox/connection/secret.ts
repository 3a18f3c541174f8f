import type { Services } from '../../../../kernel/services.ts';
import { openBytes, sealBytes } from '../../../../kernel/vault/seal.ts';

const bindingOf = (tenant_id: string, mailbox_id: string) => ({
  tenant: tenant_id,
  table: 'mail_connection',
  column: 'sealed_password',
  row: mailbox_id,
});

export const sealPassword = (
  { keyRing }: Pick<Services, 'keyRing'>,
  tenant_id: string,
  mailbox_id: string,
  password: string,
) => sealBytes(keyRing, Buffer.from(password), bindingOf(tenant_id, mailbox_id));

export const openPassword = (
  { keyRing }: Pick<Services, 'keyRing'>,
  tenant_id: string,
  mailbox_id: string,
  sealed: Buffer,
) => openBytes(keyRing, sealed, bindingOf(tenant_id, mailbox_id)).toString();
