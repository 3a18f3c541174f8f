import { Send } from 'lucide-react';
import { api } from '../../platform/query/api.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { Loaded } from '../../platform/settings/Loaded.tsx';
import { t, translateServerText } from '../../text/text.ts';
import { Badge, type Meaning } from '../../ui/Badge.tsx';
import { Button } from '../../ui/Button.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatDateTime, formatList } from '../../ui/format.ts';
import { type Mailbox, type OutgoingMail, refreshMail, useOutgoing } from './mail.ts';
import { again, type Draft, takeBack } from './outgoing.ts';

const states: Record<OutgoingMail['state'], { label: string; meaning: Meaning }> = {
  waiting: { label: t('Waiting'), meaning: 'info' },
  sending: { label: t('Being sent'), meaning: 'info' },
  in_doubt: { label: t('In doubt'), meaning: 'attention' },
  sent: { label: t('Sent'), meaning: 'good' },
  failed: { label: t('Not sent'), meaning: 'bad' },
  cancelled: { label: t('Cancelled'), meaning: 'neutral' },
};

const cameBack = { label: t('Undelivered'), meaning: 'bad' } as const;

/** What was written from a mailbox, and what became of it. A mail in doubt waits for its writer, who finds out. */
export function OutboxPane({ mailbox, onWrite }: { mailbox: Mailbox; onWrite: (draft: Draft) => void }) {
  const outgoing = useOutgoing(mailbox.id);
  return (
    <section
      aria-label={t('Outbox')}
      className="min-w-0 overflow-y-auto border-line max-md:flex-1 md:w-80 md:shrink-0 md:border-e"
    >
      <Loaded query={outgoing} failed={t('What was written could not be read')}>
        {(mails) =>
          mails.length === 0 ? (
            <EmptyState icon={<Send size={18} />} title={t('Nothing written yet')} />
          ) : (
            <ul className="divide-y divide-line">
              {mails.map((mail) => (
                <OutgoingRow key={mail.id} mail={mail} onWrite={onWrite} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function OutgoingRow({ mail, onWrite }: { mail: OutgoingMail; onWrite: (draft: Draft) => void }) {
  const { id, state, problem, bounces, subject, recipients, send_at, sent_at } = mail;
  const { label, meaning } = bounces.length > 0 ? cameBack : states[state];
  const act = (change: () => Promise<unknown>) => () => void attempt(() => change().finally(refreshMail));
  const resolve = (sent: boolean) => act(() => api.post(`/outgoing-mails/${id}/resolution`, { sent }));
  return (
    <li className="flex flex-col gap-1 px-3 py-2 text-13">
      <p className="flex items-center gap-2">
        <bdi className="min-w-0 flex-1 truncate">{formatList(recipients.map(({ address }) => address))}</bdi>
        <Badge meaning={meaning}>{label}</Badge>
      </p>
      <p className="flex items-baseline gap-2">
        <bdi className="min-w-0 flex-1 truncate">{subject || t('No subject')}</bdi>
        <DateText value={sent_at ?? send_at} className="shrink-0 text-12 text-muted" />
      </p>
      {state === 'waiting' && (
        <p className="text-12 text-muted">{t('Scheduled for {when}', { when: formatDateTime(send_at) })}</p>
      )}
      {bounces.map(({ address, reason }) => (
        <p key={`${address} ${reason}`} className="text-12 wrap-anywhere text-muted">
          <bdi className="font-medium">{address}</bdi> <bdi>{reason}</bdi>
        </p>
      ))}
      {problem && <p className="text-12 wrap-anywhere text-muted">{translateServerText(problem)}</p>}
      <div className="flex flex-wrap gap-2">
        {state === 'waiting' && (
          <Button size="small" onClick={act(() => takeBack(id))}>
            {t('Cancel sending')}
          </Button>
        )}
        {state === 'in_doubt' && (
          <>
            <Button size="small" onClick={resolve(true)}>
              {t('It went out')}
            </Button>
            <Button size="small" onClick={resolve(false)}>
              {t('It did not go out')}
            </Button>
          </>
        )}
        {(state === 'failed' || state === 'cancelled') && (
          <Button size="small" onClick={() => onWrite(again(mail))}>
            {t('Write again')}
          </Button>
        )}
      </div>
    </li>
  );
}
