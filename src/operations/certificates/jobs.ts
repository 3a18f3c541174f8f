import { z } from 'zod';
import { sql } from '../../kernel/database/database.ts';
import { type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import { redactText } from '../../kernel/logs/redact.ts';
import type { Services } from '../../kernel/services.ts';
import { endpointsOf, look, nameOf } from './look.ts';

const kind = 'certificate.check';

export const certificateSchedules: Schedule[] = [
  { name: kind, cron: '41 5 * * *', timeZone: 'UTC', per: 'installation', kind, payload: {}, beginsAtOnce: true },
];

/**
 * Looks at the certificates of all servers that the configuration of this worker names; who cannot be reached is noted
 * as that.
 */
export const certificateJobs = ({ config, db }: Pick<Services, 'config' | 'db'>): JobKind[] => [
  jobKind({
    kind,
    payload: z.object({}),
    concurrencyMax: 1,
    run: async () => {
      const found = await Promise.all(
        endpointsOf(config).map((endpoint) =>
          look(endpoint).then(
            (certificate) => ({ endpoint: nameOf(endpoint), ...certificate, error: null }),
            (error: Error) => ({ endpoint: nameOf(endpoint), error: redactText(error.message).slice(0, 500) }),
          ),
        ),
      );
      await db.call(sql`select app.write_certificates(${JSON.stringify(found)}::jsonb)`);
    },
  }),
];
