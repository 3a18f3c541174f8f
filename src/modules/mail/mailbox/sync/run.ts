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

/** Well below the time after which another run may take the mailbox. */
const renewal_ms = 8_000;

/** Stays the owner of the mailbox while something takes its time that is no transaction. */
export async function staysOwner<R>(mailbox: MailboxRun, work: Promise<R>): Promise<R> {
  // A run that is no longer the owner learns so by its next transaction.
  const renewal = setInterval(() => void owned(mailbox, async () => {}).catch(() => {}), renewal_ms);
  return work.finally(() => clearInterval(renewal));
}

/** A transaction of the owner of the mailbox. */
export const owned = <R>({ run, mailbox_id, lease }: MailboxRun, work: (ctx: Context) => Promise<R>): Promise<R> =>
  asProgram(run, async (ctx) => {
    await mailboxLeases.hold(ctx, mailbox_id, lease);
    return work(ctx);
  });
