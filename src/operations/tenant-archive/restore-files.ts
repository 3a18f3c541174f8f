import type pg from 'pg';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { type FileStore, fileKey } from '../../kernel/files/file-store.ts';
import { system_tenant_id } from '../../kernel/tenancy/context.ts';
import { type Archive, filePath, refusal } from './archive.ts';

/** An import that takes longer has to be started again. */
const days_max = 2;

/**
 * The bytes of an archive on their way in. Each is first noted as a temporary file of no workspace, so that those of an
 * import that was killed go as temporary files do.
 */
export class RestoredFiles {
  private readonly owner: pg.Client;
  private readonly store: FileStore;
  private readonly tenant_id: string;
  private count = 0;

  constructor(owner: pg.Client, store: FileStore, tenant_id: string) {
    this.owner = owner;
    this.store = store;
    this.tenant_id = tenant_id;
  }

  async put(archive: Archive): Promise<void> {
    for await (const file of archive.files()) {
      const { id, kind, content_type, size_bytes, sha256 } = file;
      const key = fileKey(this.tenant_id, kind, id);
      await this.owner.query(
        `insert into file (tenant_id, id, kind, name, content_type, size_bytes, sha256, storage_key, expires_at)
         values ($1, $2, 'temp', 'Of an archive', $3, $4, decode($5, 'hex'), $6, now() + make_interval(days => ${days_max}))`,
        [system_tenant_id, uuidV7(), content_type, size_bytes, sha256, key],
      );
      this.count++;
      const body = await archive.read(filePath(id));
      const stored = await this.store.put(key, body, { contentType: content_type, sizeBytesMax: size_bytes });
      if (stored.sha256 !== sha256) throw refusal(`files/${id} changed while it was read. Import again.`);
    }
  }

  /** In the transaction that brings the rows they belong to, before these. */
  async adopt(client: pg.Client): Promise<void> {
    const { rowCount } = await client.query(
      `delete from file where tenant_id = $1 and storage_key like $2`,
      this.mine(),
    );
    if (rowCount !== this.count)
      throw refusal(`The import took longer than ${days_max} days: files it had stored are gone. Import again.`);
  }

  async discard(): Promise<void> {
    const { rows } = await this.owner.query<{ storage_key: string }>(
      'select storage_key from file where tenant_id = $1 and storage_key like $2',
      this.mine(),
    );
    for (const { storage_key } of rows) await this.store.delete(storage_key);
    await this.owner.query('delete from file where tenant_id = $1 and storage_key like $2', this.mine());
  }

  private mine(): string[] {
    return [system_tenant_id, `${this.tenant_id}/%`];
  }
}
