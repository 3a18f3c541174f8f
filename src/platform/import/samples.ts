import type { FileStore } from '../../kernel/files/file-store.ts';
import { type Sample, takeSample } from './sniff.ts';
import type { ImportTarget } from './target.ts';

/**
 * The first bytes of stored files, by their keys: taken before a transaction, which would stay open while a slow store
 * is read.
 */
export type Samples = ReadonlyMap<string, Sample>;

/** What files are analysed with. */
export interface Analysing {
  targets: readonly ImportTarget[];
  samples: Samples;
}

export async function takeSamples(
  store: FileStore,
  files: readonly { storage_key: string | null }[],
): Promise<Samples> {
  const samples = new Map<string, Sample>();
  for (const { storage_key } of files) {
    if (!storage_key) continue;
    const source = await store.get(storage_key);
    const { sample, complete } = await takeSample(source).finally(() => source.destroy());
    samples.set(storage_key, { sample, complete });
  }
  return samples;
}
