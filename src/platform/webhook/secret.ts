import type { Services } from '../../kernel/services.ts';
import { openBytes, sealBytes } from '../../kernel/vault/seal.ts';

interface Owner {
  tenant_id: string;
  id: string;
}

/** A secret moves from one column to the other at a rotation, so both bind alike. */
const bindingOf = ({ tenant_id, id }: Owner) => ({
  tenant: tenant_id,
  table: 'webhook',
  column: 'sealed_secret',
  row: id,
});

export const sealSecret = ({ keyRing }: Pick<Services, 'keyRing'>, owner: Owner, secret: string): Buffer =>
  sealBytes(keyRing, Buffer.from(secret), bindingOf(owner));

export const openSecret = ({ keyRing }: Pick<Services, 'keyRing'>, owner: Owner, sealed: Buffer): string =>
  openBytes(keyRing, sealed, bindingOf(owner)).toString();
