import type { JobRun } from '../../../../kernel/jobs/kind.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { asProgram } from '../../as-program.ts';
import type { MailProvider } from '../provider/provider.ts';
import { mailboxLeases } from './queries.ts';

/** A run that owns a mailbox and is connected to its provider. */
export interface MailboxRun {
  services: Services;
  run: JobRun;
  mailbox_id: string;
  lease: string;
  provider: MailProvider;
  /** When this run lets others have a turn. */
  until: number;
}

/** A transaction of the owner of the mailbox. */
export const owned = <R>({ run, mailbox_id, lease }: MailboxRun, work: (ctx: Context) => Promise<R>): Promise<R> =>
  asProgram(run, async (ctx) => {
    await mailboxLeases.hold(ctx, mailbox_id, lease);
    return work(ctx);
  });
