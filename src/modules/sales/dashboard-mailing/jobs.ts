import { z } from 'zod';
import { JobFailed, type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import type { Services } from '../../../kernel/services.ts';
import { mailDashboard, skipTime } from './mail.ts';
import { mailing_kind } from './service.ts';

export const mailingJobs = (services: Services): JobKind[] => [
  jobKind({
    kind: mailing_kind,
    payload: z.object({ id: z.uuid(), at: z.iso.datetime() }),
    run: async ({ job }, { id, at }) => {
      try {
        await mailDashboard(services, job.tenant_id, id, at);
      } catch (error) {
        if (error instanceof JobFailed || job.attempts >= job.attempts_max)
          await skipTime(services, job.tenant_id, id, at);
        throw error;
      }
    },
  }),
];
