import { useState } from 'react';
import { api } from '../../platform/query/api.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { T } from '../../text/T.tsx';
import { t, translateServerText } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { DateText } from '../../ui/DateText.tsx';
import { goToGoogle } from './google/google.ts';
import { type Connection, type Mailbox, refreshMail, useConnection, useFolders } from './mail.ts';

interface ConnectionNoticeProps {
  mailbox: Mailbox;
  onConnect: () => void;
}

/**
 * How a mailbox of one's own stands with its provider. It says that all is there only when each mail of the provider
 * has its row in the ledger.
 */
export function ConnectionNotice({ mailbox, onConnect }: ConnectionNoticeProps) {
  const isConnected = useFolders(mailbox.id).data?.is_connected;
  const { data: connection } = useConnection(mailbox.id, isConnected === true);
  if (isConnected === undefined || (isConnected && !connection)) return null;
  return (
    <div className="border-b border-line px-3 py-2 text-12 text-muted">
      {!connection ? (
        <Banner
          meaning="attention"
          action={
            <Button size="small" onClick={onConnect}>
              {t('Connect')}
            </Button>
          }
        >
          {t('Not connected: no mail comes in or goes out.')}
        </Banner>
      ) : (
        <State connection={connection} mailbox={mailbox} onConnect={onConnect} />
      )}
    </div>
  );
}

function State({ connection, mailbox, onConnect }: ConnectionNoticeProps & { connection: Connection }) {
  const { state, items, waiting, asked } = connection;
  const problem = connection.problem && translateServerText(connection.problem);
  if (state === 'failed')
    return (
      <Banner
        meaning="bad"
        action={
          <Button size="small" onClick={onConnect}>
            {t('Check the connection')}
          </Button>
        }
      >
        {problem}
      </Banner>
    );
  if (state === 'refused')
    return (
      <Banner
        meaning="bad"
        action={
          <Button
            size="small"
            onClick={() => void attempt(() => goToGoogle(`/mailboxes/${mailbox.id}/google-consents`))}
          >
            {t('Connect again')}
          </Button>
        }
      >
        {problem}
      </Banner>
    );
  if (state === 'asks') return <Deletions mailbox={mailbox} asked={asked} />;
  if (state === 'syncing')
    return (
      <p role="status">
        {waiting > 0
          ? t('{waiting, number} of {items, number} still to import, newest first.', { waiting, items })
          : t('Comparing with your provider.')}
        {problem && ` ${problem}`}
      </p>
    );
  return (
    <p>
      {t('In sync: {items, plural, one {# message} other {# messages}} at your provider, all accounted for.', {
        items,
      })}{' '}
      <T text="Last checked <when></when>" values={{ when: () => <DateText value={connection.compared_at} /> }} />
    </p>
  );
}

/** More than a hundred that are gone at once wait for their owner's word. */
function Deletions({ mailbox, asked }: { mailbox: Mailbox; asked: number }) {
  const [asking, setAsking] = useState(false);
  const confirm = () =>
    attempt(async () => {
      setAsking(false);
      await api.post(`/mailboxes/${mailbox.id}/deletions`);
      await refreshMail();
    });
  return (
    <>
      <Banner
        meaning="attention"
        action={
          <Button size="small" onClick={() => setAsking(true)}>
            {t('Confirm deletion')}
          </Button>
        }
      >
        {t(
          '{asked, plural, one {# mail is} other {# mails are}} gone at your provider. Nothing is deleted here before you confirm it.',
          {
            asked,
          },
        )}
      </Banner>
      <ConfirmDialog
        open={asking}
        title={t('Delete them here too?')}
        description={t(
          '{asked, plural, one {# mail leaves} other {# mails leave}} this mailbox. If you did not delete them, ask your provider first.',
          {
            asked,
          },
        )}
        action={t('Delete here too')}
        danger
        onConfirm={() => void confirm()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
