import type { Services } from '../../kernel/services.ts';
import { system_tenant_id } from '../../kernel/tenancy/context.ts';
import { openBytes, sealBytes } from '../../kernel/vault/seal.ts';

const bindingOf = (id: string) => ({
  tenant: system_tenant_id,
  table: 'alert_receiver',
  column: 'sealed_secret',
  row: id,
});

export const sealSecret = ({ keyRing }: Pick<Services, 'keyRing'>, id: string, secret: string): Buffer =>
  sealBytes(keyRing, Buffer.from(secret), bindingOf(id));

export const openSecret = ({ keyRing }: Pick<Services, 'keyRing'>, id: string, sealed: Buffer): string =>
  openBytes(keyRing, sealed, bindingOf(id)).toString();
