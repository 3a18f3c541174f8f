import { JobFailed } from '../jobs/kind.ts';
import { MailFailed, MailInvalid, type MailMessage } from '../mail/mailer.ts';
import { type MailContent, renderMail } from '../mail/template.ts';
import type { MailWords } from '../mail/words.ts';
import type { Services } from '../services.ts';

/**
 * How often a mail is tried, so that the server may be away for some hours: after 2, 4, 8 … seconds, from the twelfth
 * time on every hour.
 */
export const mail_attempts_max = 16;

/** Sends a mail from a job: a permanent failure ends the job, any other is tried again. */
export async function sendMail(
  { mailer }: Pick<Services, 'mailer'>,
  to: string,
  subject: string,
  content: MailContent,
  t: MailWords,
  more: Pick<MailMessage, 'messageId' | 'unsubscribeUrl' | 'attachments'> = {},
): Promise<void> {
  const message: MailMessage = { to, subject: oneLine(subject), ...renderMail(content, t), ...more };
  try {
    await mailer.send(message);
  } catch (error) {
    if (error instanceof MailInvalid || (error instanceof MailFailed && error.permanent))
      throw new JobFailed(error.message, { cause: error });
    throw error;
  }
}

/** Titles are user input; a subject must not contain a line break. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
