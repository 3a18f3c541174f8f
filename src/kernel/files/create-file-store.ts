import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { FileStore } from './file-store.ts';
import { createFolderStore } from './folder-store.ts';
import type { FileReads } from './reads.ts';
import { createS3Store, type S3StoreOptions } from './s3-store.ts';
import { parseTierUrl } from './tier-url.ts';
import { TieredStore, type Tiers } from './tiered-store.ts';

/** Files in a bucket when one is configured, else in a folder of this machine. */
export function createFileStore({
  folder,
  s3,
  name,
}: {
  folder: string;
  s3?: S3StoreOptions | undefined;
  name?: string;
}): FileStore {
  return s3 ? createS3Store({ ...s3, name }) : createFolderStore(folder, name);
}

/** The files of this installation, wherever they lie. */
export function openFiles(config: Config, reads?: FileReads): FileStore {
  const tiers = openTiers(config);
  return tiers.warm || tiers.cold ? new TieredStore(tiers, (key) => reads?.add(key)) : tiers.hot;
}

/** The stores of the settings for files by age. What is written in them has been checked by the configuration. */
function openTiers(config: Config): Tiers {
  return {
    hot: createFileStore({ folder: join(config.HOLDFAST_DATA, 'files'), s3: s3Options(config, '') }),
    ...(config.FILES_WARM_URL && { warm: openTier(config, 'FILES_WARM_URL') }),
    ...(config.FILES_COLD_URL && { cold: openTier(config, 'FILES_COLD_URL') }),
  };
}

function openTier(config: Config, setting: 'FILES_WARM_URL' | 'FILES_COLD_URL'): FileStore {
  const place = parseTierUrl(config[setting]!)!;
  if ('folder' in place) return createFolderStore(place.folder);
  const { bucket, storageClass, elsewhere } = place;
  if (!elsewhere) return createS3Store({ ...s3Options(config, '')!, bucket, storageClass });
  const { endpoint, region } = elsewhere;
  let keys = elsewhere;
  // Read again for each request: the secret in the address may change. The key of another place is for the next start,
  // which uses that place.
  const credentials = () => {
    const now = parseTierUrl(config[setting]!);
    if (now && 'elsewhere' in now && now.elsewhere?.endpoint === endpoint && now.bucket === bucket)
      keys = now.elsewhere;
    return keys;
  };
  return createS3Store({ bucket, region, endpoint, storageClass, credentials, allowPlaintext: config.ALLOW_PLAINTEXT });
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
