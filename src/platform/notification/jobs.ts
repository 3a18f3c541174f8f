import { z } from 'zod';
import type { Resource } from '../../kernel/contract/resource.ts';
import { type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import { mail_connections_max } from '../../kernel/mail/mailer.ts';
import type { Services } from '../../kernel/services.ts';
import { notifyOfDuplicates, notifyOfJobEnd } from './dispatch.ts';
import { digest_kind, mail_kind, mailDigest, mailOne } from './mail.ts';

/** Triggers leave what these jobs are about in the transaction of the change that somebody may want to hear of. */
export const notificationJobs = (services: Services, records: readonly Resource[]): JobKind[] => [
  jobKind({
    kind: 'notification.finished',
    payload: z.object({ resource: z.enum(['import', 'export', 'change']), id: z.uuid(), state: z.string() }),
    run: (run, work) => run.finish((ctx) => notifyOfJobEnd(ctx, work, services.mailer)),
  }),
  jobKind({
    kind: 'notification.duplicates',
    payload: z.object({}),
    run: (run) => run.finish((ctx) => notifyOfDuplicates(ctx, new Date().toISOString().slice(0, 10), services.mailer)),
  }),
  jobKind({
    kind: mail_kind,
    payload: z.object({ id: z.uuid() }),
    concurrencyMax: mail_connections_max,
    run: ({ job }, { id }) => mailOne(services, records, job.tenant_id, id),
  }),
  jobKind({
    kind: digest_kind,
    payload: z.object({ user_id: z.uuid() }),
    concurrencyMax: mail_connections_max,
    run: ({ job }, { user_id }) => mailDigest(services, records, job.tenant_id, user_id),
  }),
];
