import { isAbsolute, resolve } from 'node:path';
import { type StorageClass, storageClasses } from './contract.ts';

export const tier_url_form =
  'takes a folder (/mnt/archive) or a bucket: s3://BUCKET beside S3_BUCKET, or https://KEY:SECRET@HOST/BUCKET?region=REGION elsewhere, both with ?storage_class=CLASS if you like';

/** Where files of a tier lie. */
export type TierPlace =
  | { folder: string }
  | {
      bucket: string;
      storageClass: StorageClass | undefined;
      /** Absent: the store of S3_ENDPOINT. */
      elsewhere?: { endpoint: string; region: string; accessKeyId: string; secretAccessKey: string };
    };

/** Undefined for what names no place. */
export function parseTierUrl(text: string): TierPlace | undefined {
  if (isAbsolute(text)) return { folder: resolve(text) };
  const url = URL.parse(text);
  if (!url) return undefined;
  const storageClass = url.searchParams.get('storage_class') ?? undefined;
  if (storageClass !== undefined && !(storageClasses as readonly string[]).includes(storageClass)) return undefined;
  const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
  if (url.protocol === 's3:') {
    if (!bucketPattern.test(url.hostname) || !['', '/'].includes(url.pathname)) return undefined;
    return { bucket: url.hostname, storageClass: storageClass as StorageClass | undefined };
  }
  const bucket = url.pathname.slice(1);
  if (!['https:', 'http:'].includes(url.protocol) || !bucketPattern.test(bucket) || !url.username || !url.password)
    return undefined;
  return {
    bucket,
    storageClass: storageClass as StorageClass | undefined,
    elsewhere: {
      endpoint: url.origin,
      region: url.searchParams.get('region') ?? 'us-east-1',
      accessKeyId: decoded(url.username),
      secretAccessKey: decoded(url.password),
    },
  };
}

/** A part of an address with what was percent-encoded in it; one that is not is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
