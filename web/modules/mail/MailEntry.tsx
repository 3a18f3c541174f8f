import { Link } from '@tanstack/react-router';
import { Paperclip } from 'lucide-react';
import type { AnyRecord } from '../../platform/record/field.ts';
import { pointedEntry, usePointed } from '../../platform/record/timeline/usePointed.ts';
import { T } from '../../text/T.tsx';
import { t } from '../../text/text.ts';
import type { Message } from './mail.ts';

/** A mail in the timeline of a record, as far as whoever has it in a mailbox shares it. */
export default function MailEntry({ entry }: { entry: AnyRecord }) {
  const mail = entry as unknown as Message;
  const pointed = usePointed(`mail_message-${mail.id}`);
  const from = mail.from_name || mail.from_address || t('Somebody');
  const who = { from: () => <bdi className="font-medium text-ink">{from}</bdi> };
  return (
    <div ref={pointed} className={pointedEntry}>
      <p className="text-muted wrap-anywhere">
        {mail.to_text ? (
          <T text="<from></from> wrote to <to></to>" values={{ ...who, to: () => <bdi>{mail.to_text}</bdi> }} />
        ) : (
          <T text="<from></from> wrote, with no recipients" values={who} />
        )}{' '}
        {mail.has_files && <Paperclip size={12} role="img" aria-label={t('With files')} className="inline" />}
      </p>
      {mail.shown === 'everything' ? (
        <>
          <Link
            to="/mail"
            search={{ message: mail.id }}
            className="mt-0.5 block rounded-sm font-medium wrap-anywhere hover:underline"
          >
            <bdi>{mail.subject || t('No subject')}</bdi>
          </Link>
          {mail.snippet && <p className="line-clamp-2 text-muted wrap-anywhere">{mail.snippet}</p>}
        </>
      ) : mail.shown === 'subject' ? (
        <p className="mt-0.5 font-medium wrap-anywhere">
          <bdi>{mail.subject || t('No subject')}</bdi>
        </p>
      ) : (
        <p className="mt-0.5 text-12 text-faint">{t('What it says is not shared with you.')}</p>
      )}
    </div>
  );
}
