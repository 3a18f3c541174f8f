import { type DiskSpace, diskSpace } from '../../kernel/files/disk-space.ts';
import type { Registry } from '../../kernel/metrics/registry.ts';
import type { Source } from './database.ts';
import { figure } from './figure.ts';

/** The disk of the data directory: with the embedded PostgreSQL that of everything. */
export function diskFigures(registry: Registry, dir: string): Source<DiskSpace> {
  const free = figure(
    registry,
    'holdfast_disk_free_bytes',
    'Room on the disk of the data directory that the program may use',
  );
  const size = figure(registry, 'holdfast_disk_size_bytes', 'Size of that disk');
  return {
    read: () => diskSpace(dir),
    show: (space) => {
      free(space ? [[{}, space.free_bytes]] : []);
      size(space ? [[{}, space.size_bytes]] : []);
    },
  };
}
