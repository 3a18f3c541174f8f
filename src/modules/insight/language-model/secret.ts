import type { Services } from '../../../kernel/services.ts';
import { openBytes, sealBytes } from '../../../kernel/vault/seal.ts';

const bindingOf = (tenant: string, row: string) => ({ tenant, table: 'language_model', column: 'sealed_key', row });

export const sealKey = ({ keyRing }: Pick<Services, 'keyRing'>, tenant_id: string, id: string, key: string): Buffer =>
  sealBytes(keyRing, Buffer.from(key), bindingOf(tenant_id, id));

export const openKey = (
  { keyRing }: Pick<Services, 'keyRing'>,
  tenant_id: string,
  id: string,
  sealed: Buffer,
): string => openBytes(keyRing, sealed, bindingOf(tenant_id, id)).toString();
