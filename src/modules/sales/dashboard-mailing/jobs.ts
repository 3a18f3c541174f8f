import { z } from 'zod';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import type { Services } from '../../../kernel/services.ts';
import { mailDashboard } from './mail.ts';
import { mailing_kind } from './service.ts';

export const mailingJobs = (services: Services): JobKind[] => [
  jobKind({
    kind: mailing_kind,
    payload: z.object({ id: z.uuid(), at: z.iso.datetime() }),
    run: ({ job }, { id, at }) => mailDashboard(services, job.tenant_id, id, at),
  }),
];
