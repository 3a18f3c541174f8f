import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { Problem, reasonOf } from '../../../kernel/errors/problem.ts';
import { FileError } from '../../../kernel/files/file-store.ts';
import { JobFailed, type JobKind, type JobRun, jobKind } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import { hasControls } from '../../../kernel/mail/sender.ts';
import { silent_copy } from '../../../kernel/outgoing.ts';
import type { Services } from '../../../kernel/services.ts';
import { asProgram } from '../as-program.ts';
import { syncAt } from '../mailbox/index.ts';
import { findFiles, openFiles } from '../message/index.ts';
import { type Carrier, carrierOf } from './carrier.ts';
import { filesOf, findOutgoing, headersOf, moveOutgoing, noteCopied, type OutgoingRow, senderOf } from './queries.ts';
import type { Sent } from './smtp-send.ts';

export const send_kind = 'mail.send';
const copy_kind = 'mail.copy';

const in_doubt =
  'The connection broke while the mail was being given to the server, which may have taken it. It is not in Sent. Ask the recipient, or look at your provider, before you write it again.';

export const outgoingJobs = (services: Services): JobKind[] => [
  jobKind({
    kind: send_kind,
    payload: z.object({ id: z.uuid() }),
    tenantMax: 3,
    run: async (run, { id }) => {
      const mail = await asProgram(run, (ctx) => findOutgoing(ctx, id));
      if (!mail || !['waiting', 'sending'].includes(mail.state)) return;
      // An earlier attempt did not live to say how it ended.
      if (mail.state === 'sending') return settle(services, run, mail, { is: 'unknown', problem: '' });
      if (!services.outgoing.allowed) throw new Error(silent_copy);
      const carrier = await carrierOf(services, run, mail.mailbox_id);
      const raw = carrier && (await composeToSend(services, run, mail, carrier));
      const began = raw && (await asProgram(run, (ctx) => moveOutgoing(ctx, id, { from: ['waiting'], to: 'sending' })));
      if (!carrier || !raw) {
        await asProgram(run, (ctx) =>
          moveOutgoing(ctx, id, {
            from: ['waiting'],
            to: 'failed',
            problem: carrier
              ? 'The address that it was to go out from is no longer one of this mailbox. Write it again from another.'
              : 'The mailbox is not connected any more. Connect it, and write the mail again.',
          }),
        );
        return;
      }
      // Taken back, or begun by another attempt.
      if (!began) return;
      const to = mail.recipients.map(({ address }) => address);
      await settle(services, run, mail, await carrier.send({ from: raw.from, to, raw: raw.bytes }));
    },
  }),
  jobKind({
    kind: copy_kind,
    payload: z.object({ id: z.uuid() }),
    tenantMax: 2,
    run: async (run, { id }) => {
      const mail = await asProgram(run, (ctx) => findOutgoing(ctx, id));
      const carrier = mail && (await carrierOf(services, run, mail.mailbox_id));
      const raw = carrier && (await compose(services, run, mail, carrier));
      if (!raw) return;
      if (carrier.putInSent && !(await carrier.findInSent(mail.header_id))) await carrier.putInSent(raw.bytes);
      await asProgram(run, async (ctx) => {
        await noteCopied(ctx, id);
        await syncAt(ctx, mail.mailbox_id, 0);
      });
    },
  }),
];

/**
 * The mail as it travels: the same bytes for the server and for Sent, as all that changes is fixed when it is written.
 */
async function compose(
  services: Services,
  run: JobRun,
  mail: OutgoingRow,
  { readsBcc }: Carrier,
): Promise<{ from: string; bytes: Buffer } | undefined> {
  const [sender, answered] = await asProgram(run, async (ctx) => [
    await senderOf(ctx, mail),
    mail.reply_to_id ? await headersOf(ctx, mail.reply_to_id) : undefined,
  ]);
  if (!sender) return undefined;
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const of = (kind: string) =>
    mail.recipients.filter((one) => one.kind === kind).map(({ address }) => ({ name: '', address }));
  const composed = new MailComposer({
    from: { name: hasControls(sender.name) ? '' : sender.name, address: sender.address },
    to: of('to'),
    cc: of('cc'),
    ...(readsBcc && { bcc: of('bcc') }),
    subject: mail.subject.replace(/\p{Cc}+/gu, ' '),
    text: mail.body,
    attachments: await filesFor(services, run, mail),
    messageId: mail.header_id,
    date: new Date(mail.send_at),
    ...(answered?.header_id && { inReplyTo: answered.header_id, references: answered.reference_ids.toReversed() }),
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  composed.keepBcc = readsBcc;
  return { from: sender.address, bytes: await composed.build() };
}

/** A mail of which a file may not go out fails and says so; one whose files cannot be scanned now waits. */
async function composeToSend(
  services: Services,
  run: JobRun,
  mail: OutgoingRow,
  carrier: Carrier,
): ReturnType<typeof compose> {
  try {
    return await compose(services, run, mail, carrier);
  } catch (error) {
    if (error instanceof Problem) return putOff(run, mail.id, 'waiting', { problem: reasonOf(error), isLasting: true });
    if (!(error instanceof FileError) || !['scan_failed', 'file_too_large'].includes(error.code)) throw error;
    const { message: problem, code } = error;
    return putOff(run, mail.id, 'waiting', { problem, isLasting: code === 'file_too_large' });
  }
}

/** The files that go with a mail: those that were uploaded for it, and those of the message that it forwards. */
async function filesFor(
  services: Services,
  run: JobRun,
  { file_ids, forward_id }: OutgoingRow,
): Promise<MailAttachment[]> {
  const [uploaded, forwarded] = await asProgram(run, async (ctx) => [
    await filesOf(ctx, file_ids),
    forward_id ? await findFiles(ctx, forward_id) : undefined,
  ]);
  const attachments: MailAttachment[] = [];
  for (const { name, content_type, storage_key } of uploaded)
    attachments.push({
      filename: name,
      contentType: content_type,
      content: await buffer(await services.files.get(storage_key)),
    });
  if (!forwarded) return attachments;
  for (const { file, content } of await openFiles(services, run.job.tenant_id, forwarded))
    attachments.push({ filename: file.name, contentType: file.content_type, content });
  return attachments;
}

interface MailAttachment {
  filename: string;
  contentType: string;
  content: Buffer;
}

async function settle(services: Services, run: JobRun, mail: OutgoingRow, sent: Sent): Promise<void> {
  const { id } = mail;
  if (sent.is === 'sent') return noteSent(run, id);
  if (sent.is === 'unknown') {
    // Shown as in doubt even where Sent cannot be asked now; a copy that the provider made of it says that it went out.
    await asProgram(run, (ctx) => moveOutgoing(ctx, id, { from: ['sending'], to: 'in_doubt', problem: in_doubt }));
    const carrier = await carrierOf(services, run, mail.mailbox_id);
    if (await carrier?.findInSent(mail.header_id)) await noteSent(run, id);
    return;
  }
  return putOff(run, id, 'sending', sent);
}

/** Says why a mail did not go out, and leaves it to the next attempt where there is one. */
async function putOff(
  run: JobRun,
  id: string,
  from: 'waiting' | 'sending',
  { problem, isLasting }: { problem: string; isLasting: boolean },
): Promise<never> {
  const isLast = isLasting || run.job.attempts >= run.job.attempts_max;
  await asProgram(run, (ctx) => moveOutgoing(ctx, id, { from: [from], to: isLast ? 'failed' : 'waiting', problem }));
  throw isLast ? new JobFailed(problem) : new Error(problem);
}

const noteSent = (run: JobRun, id: string): Promise<void> =>
  asProgram(run, async (ctx) => {
    const moved = await moveOutgoing(ctx, id, { from: ['sending', 'in_doubt'], to: 'sent' });
    if (moved) await enqueue(ctx, copy_kind, { id }, { attemptsMax: 10 });
  });
