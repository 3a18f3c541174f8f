import { statfs } from 'node:fs/promises';
import type { Registry } from '../../kernel/metrics/registry.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

interface Space {
  free: number;
  size: number;
}

/** The disk of the data directory: with the embedded PostgreSQL that of everything. */
export function diskFigures(registry: Registry, dir: string): Source<Space> {
  const free = figure(
    registry,
    'holdfast_disk_free_bytes',
    'Room on the disk of the data directory that the program may use',
  );
  const size = figure(registry, 'holdfast_disk_size_bytes', 'Size of that disk');
  return {
    read: async () => {
      const { bavail, blocks, bsize } = await statfs(dir);
      return { free: bavail * bsize, size: blocks * bsize };
    },
    show: (space) => {
      free(space ? [[{}, space.free]] : []);
      size(space ? [[{}, space.size]] : []);
    },
  };
}
