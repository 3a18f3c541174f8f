import type { FileStore } from './file-store.ts';
import { createFolderStore } from './folder-store.ts';
import { createS3Store, type S3StoreOptions } from './s3-store.ts';

/** Files in a bucket when one is configured, else in a folder of this machine. */
export function createFileStore({ folder, s3 }: { folder: string; s3?: S3StoreOptions | undefined }): FileStore {
  return s3 ? createS3Store(s3) : createFolderStore(folder);
}
