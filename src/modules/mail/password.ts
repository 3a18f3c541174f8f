import type { Services } from '../../kernel/services.ts';
import { openBytes, sealBytes } from '../../kernel/vault/seal.ts';

/** Passwords at providers, sealed in the column `sealed_password` of a table. */
function passwordsOf(table: 'mail_connection' | 'calendar_account') {
  const bindingOf = (tenant: string, row: string) => ({ tenant, table, column: 'sealed_password', row });
  return {
    seal: ({ keyRing }: Pick<Services, 'keyRing'>, tenant_id: string, id: string, password: string): Buffer =>
      sealBytes(keyRing, Buffer.from(password), bindingOf(tenant_id, id)),
    open: ({ keyRing }: Pick<Services, 'keyRing'>, tenant_id: string, id: string, sealed: Buffer): string =>
      openBytes(keyRing, sealed, bindingOf(tenant_id, id)).toString(),
  };
}

export const mailboxPasswords = passwordsOf('mail_connection');
export const accountPasswords = passwordsOf('calendar_account');
