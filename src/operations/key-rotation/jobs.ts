import { z } from 'zod';
import { type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import type { Services } from '../../kernel/services.ts';
import { connectAsSystem } from '../connection.ts';
import { withOwnDatabase } from '../own-database.ts';
import { finishRotations } from './rotate.ts';

const kind = 'key_rotation';

export const keyRotationSchedules: Schedule[] = [
  { name: kind, cron: '23 * * * *', timeZone: 'UTC', per: 'installation', kind, payload: {} },
];

/** Each hour: what is sealed by a master key before the current one, and what a rotation of a workspace left. */
export const keyRotationJobs = ({ config, db, keyRing }: Pick<Services, 'config' | 'db' | 'keyRing'>): JobKind[] => [
  jobKind({
    kind,
    payload: z.object({}),
    concurrencyMax: 1,
    run: async ({ log, signal }) => {
      const done = await withOwnDatabase(
        config,
        (url) => connectAsSystem(url, 'holdfast-keys'),
        (client) => finishRotations({ client, db, ring: keyRing }, signal),
      );
      if (Object.values(done).some((count) => count > 0)) log.info(done, 'sealed anew with the current keys');
    },
  }),
];
