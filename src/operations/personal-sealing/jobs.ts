import { z } from 'zod';
import { type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import type { Services } from '../../kernel/services.ts';
import { connectAsSystem } from '../connection.ts';
import { withOwnDatabase } from '../own-database.ts';
import { finishSwitches } from './finish.ts';
import { personal_sealing_kind } from './service.ts';

export const personalSealingSchedules: Schedule[] = [
  {
    name: personal_sealing_kind,
    cron: '*/5 * * * *',
    timeZone: 'UTC',
    per: 'installation',
    kind: personal_sealing_kind,
    payload: {},
  },
];

/** At once when a workspace is switched, and every few minutes what was left, as by a server that was killed. */
export const personalSealingJobs = ({ config, db }: Pick<Services, 'config' | 'db'>): JobKind[] => [
  jobKind({
    kind: personal_sealing_kind,
    payload: z.object({ gives_up: z.boolean().optional() }),
    concurrencyMax: 1,
    run: async ({ log, signal, job }, { gives_up }) => {
      const texts = await withOwnDatabase(
        config,
        (url) => connectAsSystem(url, 'holdfast-sealing'),
        (client) => finishSwitches({ client, db }, signal, gives_up ? job.tenant_id : undefined),
      );
      if (texts > 0) log.info({ texts }, 'personal texts were given another form');
    },
  }),
];
