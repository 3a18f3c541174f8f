import { z } from 'zod';
import type { Resource } from '../../kernel/contract/resource.ts';
import { type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import type { Services } from '../../kernel/services.ts';
import { sending_kind, WebhookSender } from './sender.ts';

/** Receivers that hang must not take all slots of a worker, nor one workspace those of the others. */
const webhooks_at_once_max = 8;
const webhooks_at_once_of_tenant_max = 4;

export function webhookJobs(services: Services, records: readonly Resource[]): JobKind[] {
  const sender = new WebhookSender(services, records);
  return [
    jobKind({
      kind: sending_kind,
      payload: z.object({ id: z.uuid() }),
      concurrencyMax: webhooks_at_once_max,
      tenantMax: webhooks_at_once_of_tenant_max,
      run: (run, { id }) => sender.send(run, id),
    }),
  ];
}
