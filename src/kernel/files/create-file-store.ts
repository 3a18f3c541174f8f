import type { Config } from '../config/config.ts';
import type { FileStore } from './file-store.ts';
import { createFolderStore } from './folder-store.ts';
import { createS3Store, type S3StoreOptions } from './s3-store.ts';

/** Files in a bucket when one is configured, else in a folder of this machine. */
export function createFileStore({ folder, s3 }: { folder: string; s3?: S3StoreOptions | undefined }): FileStore {
  return s3 ? createS3Store(s3) : createFolderStore(folder);
}

/** The bucket of the settings with a prefix, when one is configured. */
export function s3Options(config: Config, prefix: '' | 'BACKUP_'): S3StoreOptions | undefined {
  const bucket = config[`${prefix}S3_BUCKET`];
  if (!bucket) return undefined;
  return {
    bucket,
    region: config[`${prefix}S3_REGION`],
    endpoint: config[`${prefix}S3_ENDPOINT`],
    // All or nothing of them are set: the configuration sees to it.
    credentials: () => ({
      accessKeyId: config[`${prefix}S3_ACCESS_KEY_ID`]!,
      secretAccessKey: config[`${prefix}S3_SECRET_ACCESS_KEY`]!,
    }),
    storageClass: prefix === '' ? config.S3_STORAGE_CLASS : undefined,
    allowPlaintext: config.ALLOW_PLAINTEXT,
  };
}
