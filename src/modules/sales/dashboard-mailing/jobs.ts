import { z } from 'zod';
import { whenDropped } from '../../../kernel/jobs/dropped.ts';
import { JobFailed, type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import { mail_connections_max } from '../../../kernel/mail/mailer.ts';
import type { Services } from '../../../kernel/services.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { mailDashboard, skipTime } from './mail.ts';
import { mailing_kind } from './service.ts';

const payload = z.object({ id: z.uuid(), at: z.iso.datetime() });

whenDropped(mailing_kind, payload, (ctx, { id, at }) => skipTime(ctx, id, at));

export const mailingJobs = (services: Services): JobKind[] => [
  jobKind({
    kind: mailing_kind,
    payload,
    concurrencyMax: mail_connections_max,
    run: async ({ job }, { id, at }) => {
      try {
        await mailDashboard(services, job.tenant_id, id, at);
      } catch (error) {
        if (error instanceof JobFailed || job.attempts >= job.attempts_max)
          await withContext(services.db, systemActor(job.tenant_id), (ctx) => skipTime(ctx, id, at));
        throw error;
      }
    },
  }),
];
