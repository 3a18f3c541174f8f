import type { Services } from '../../../../kernel/services.ts';
import { openBytes, sealBytes } from '../../../../kernel/vault/seal.ts';

const bindingOf = (tenant_id: string, account_id: string) => ({
  tenant: tenant_id,
  table: 'calendar_account',
  column: 'sealed_password',
  row: account_id,
});

export const sealAccountPassword = (
  { keyRing }: Pick<Services, 'keyRing'>,
  tenant_id: string,
  account_id: string,
  password: string,
) => sealBytes(keyRing, Buffer.from(password), bindingOf(tenant_id, account_id));

export const openAccountPassword = (
  { keyRing }: Pick<Services, 'keyRing'>,
  tenant_id: string,
  account_id: string,
  sealed: Buffer,
) => openBytes(keyRing, sealed, bindingOf(tenant_id, account_id)).toString();
