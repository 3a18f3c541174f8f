import { createHash, randomInt } from 'node:crypto';
import { z } from 'zod';
import { mail_attempts_max, sendMail } from '../../../../kernel/identity/index.ts';
import { type JobKind, jobKind } from '../../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../../kernel/jobs/queue.ts';
import { mailWords } from '../../../../kernel/mail/words.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { asProgram } from '../../as-program.ts';
import { code_digits, code_minutes } from './contract.ts';
import { aliasToConfirm, setCode } from './queries.ts';

const kind = 'mail.alias_code';

export const hashOfCode = (id: string, code: string): Buffer => createHash('sha256').update(`${id} ${code}`).digest();

export const sendCode = (ctx: Context, id: string): Promise<unknown> =>
  enqueue(ctx, kind, { id }, { attemptsMax: mail_attempts_max });

/**
 * The installation sends the code, not the mailbox: whoever adds an alias reads what their mailbox sent, also where the
 * address is somebody else's. The code is made here, so that it stands in no job.
 */
export const aliasJobs = (services: Services): JobKind[] => [
  jobKind({
    kind,
    payload: z.object({ id: z.uuid() }),
    tenantMax: 2,
    run: async (run, { id }) => {
      const code = String(randomInt(10 ** code_digits)).padStart(code_digits, '0');
      const wanted = await asProgram(run, async (ctx) => {
        await setCode(ctx, id, hashOfCode(id, code));
        return aliasToConfirm(ctx, id);
      });
      if (!wanted) return;
      const { address, locale, name, workspace } = wanted;
      const t = mailWords(locale);
      const title = t('The code for {address}', { address });
      const lines = [
        t('{name} wants to write from this address in {workspace}.', { name, workspace }),
        t('The code is {code}. It counts for {minutes} minutes.', { code, minutes: code_minutes }),
        t('If you do not know of this, do not pass the code on: without it nothing happens.'),
      ];
      await sendMail(services, address, title, { title, lines }, t);
    },
  }),
];
