import { buffer } from 'node:stream/consumers';
import { sql } from '../../../../kernel/database/database.ts';
import { uuidV7 } from '../../../../kernel/database/uuid.ts';
import { fileKey } from '../../../../kernel/files/file-store.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';

/** Larger ones stay where they are; the ledger says so. */
export const raw_bytes_max = 40 * 1024 * 1024;

export interface StoredRaw {
  id: string;
  key: string;
  sizeBytes: number;
  sha256: string;
}

/**
 * Stores a mail as it was received. Its row follows by `insertRaws`, in the transaction that says what became of it.
 */
export async function storeRaw(
  { files }: Pick<Services, 'files'>,
  tenant_id: string,
  raw: Uint8Array,
): Promise<StoredRaw> {
  const id = uuidV7();
  const key = fileKey(tenant_id, 'mail', id);
  return { id, key, ...(await files.put(key, raw, { contentType: 'message/rfc822', sizeBytesMax: raw_bytes_max })) };
}

/**
 * By these rows backups, archives and the search for what nothing refers to know the bytes. No address of files gives
 * them out.
 */
export const insertRaws = (ctx: Context, raws: readonly StoredRaw[]): Promise<number> =>
  ctx.tx.run(sql`insert into file (tenant_id, id, kind, name, content_type, size_bytes, sha256, storage_key)
    select ${ctx.tenant_id}, r.id, 'mail', 'message.eml', 'message/rfc822', r.size, decode(r.sha256, 'hex'), r.key
    from unnest(${raws.map(({ id }) => id)}::uuid[], ${raws.map(({ sizeBytes }) => sizeBytes)}::bigint[],
      ${raws.map(({ sha256 }) => sha256)}::text[],
      ${raws.map(({ key }) => key)}::text[]) r (id, size, sha256, key)`);

export const readRaw = async ({ files }: Pick<Services, 'files'>, key: string): Promise<Uint8Array> =>
  buffer(await files.get(key));
