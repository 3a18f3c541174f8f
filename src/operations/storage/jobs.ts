import { hostname } from 'node:os';
import { z } from 'zod';
import { sql } from '../../kernel/database/database.ts';
import { diskSpace } from '../../kernel/files/disk-space.ts';
import { type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import type { Services } from '../../kernel/services.ts';

const kind = 'storage.sample';

export const storageSchedules: Schedule[] = [
  { name: kind, cron: '7 6 * * *', timeZone: 'UTC', per: 'installation', kind, payload: {}, beginsAtOnce: true },
];

/** One sample a day of each disk that this worker writes to. */
export const storageJobs = ({ config, db }: Pick<Services, 'config' | 'db'>): JobKind[] => [
  jobKind({
    kind,
    payload: z.object({}),
    concurrencyMax: 1,
    run: async () => {
      const places = { data: config.HOLDFAST_DATA, backup: config.BACKUP_DIR };
      for (const [place, dir] of Object.entries(places)) {
        if (!dir) continue;
        const { free_bytes, size_bytes } = await diskSpace(dir);
        await db.call(
          sql`select app.take_storage_sample(${place}, ${hostname()}, ${free_bytes}, ${size_bytes}, pg_database_size(current_database()))`,
        );
      }
    },
  }),
];
