import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { JobFailed, type JobKind, type JobRun, jobKind } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import { hasControls } from '../../../kernel/mail/sender.ts';
import { silent_copy } from '../../../kernel/outgoing.ts';
import type { Services } from '../../../kernel/services.ts';
import { asProgram } from '../as-program.ts';
import { syncAt } from '../mailbox/index.ts';
import { partOfMail, readRaw } from '../message/index.ts';
import { type Carrier, carrierOf } from './carrier.ts';
import {
  filesOf,
  findOutgoing,
  headersOf,
  moveOutgoing,
  noteCopied,
  type OutgoingRow,
  rawOf,
  senderOf,
} from './queries.ts';
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
      const raw = carrier && (await compose(services, run, mail, carrier));
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

/** The files that go with a mail: those that were uploaded for it, and those of the message that it forwards. */
async function filesFor(
  { files }: Services,
  run: JobRun,
  { file_ids, forward_id }: OutgoingRow,
): Promise<MailAttachment[]> {
  const [uploaded, forwarded] = await asProgram(run, async (ctx) => [
    await filesOf(ctx, file_ids),
    forward_id ? await rawOf(ctx, forward_id) : undefined,
  ]);
  const attachments: MailAttachment[] = [];
  for (const { name, content_type, storage_key } of uploaded)
    attachments.push({
      filename: name,
      contentType: content_type,
      content: await buffer(await files.get(storage_key)),
    });
  if (!forwarded?.raw_key || forwarded.attachments.length === 0) return attachments;
  const raw = await readRaw({ files }, forwarded.raw_key);
  for (const { part, name, content_type } of forwarded.attachments) {
    const content = await partOfMail({ raw, part }, { tenant: run.job.tenant_id, caller: '' });
    if (content) attachments.push({ filename: name, contentType: content_type, content: Buffer.from(content) });
  }
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
  const { problem, isLasting } = sent;
  const isLast = isLasting || run.job.attempts >= run.job.attempts_max;
  await asProgram(run, (ctx) =>
    moveOutgoing(ctx, id, { from: ['sending'], to: isLast ? 'failed' : 'waiting', problem }),
  );
  throw isLast ? new JobFailed(problem) : new Error(problem);
}

const noteSent = (run: JobRun, id: string): Promise<void> =>
  asProgram(run, async (ctx) => {
    const moved = await moveOutgoing(ctx, id, { from: ['sending', 'in_doubt'], to: 'sent' });
    if (moved) await enqueue(ctx, copy_kind, { id }, { attemptsMax: 10 });
  });
