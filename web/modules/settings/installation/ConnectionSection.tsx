import { CircleStop, Unplug } from 'lucide-react';
import { useState } from 'react';
import type { Connection } from '../../../../src/operations/console/database/contract.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { formatList } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { spent, worthALook } from './database.ts';
import { operate, reasonField } from './installation.ts';

type How = 'cancel' | 'close';

const asked: Record<How, { title: string; description: string; action: string }> = {
  cancel: {
    title: t('Cancel this statement?'),
    description: t('Whoever runs it gets an error; the connection stays. Your reason is recorded.'),
    action: t('Cancel statement'),
  },
  close: {
    title: t('Close this connection?'),
    description: t('Its transaction is rolled back, and its locks are released. Your reason is recorded.'),
    action: t('Close connection'),
  },
};

/** Who waits for whom, and what could be done about it. */
export function ConnectionSection({ connections, mayEnd }: { connections: Connection[]; mayEnd: boolean }) {
  const [ending, setEnding] = useState<{ connection: Connection; how: How } | null>(null);
  const shown = worthALook(connections);
  const blocking = new Set(connections.flatMap(({ blocked_by }) => blocked_by));
  const known = t('{count, plural, one {# connection} other {# connections}} to this database.', {
    count: connections.length,
  });
  if (shown.length === 0)
    return (
      <Banner meaning="good">
        {known} {t('Nobody waits for a lock.')}
      </Banner>
    );
  return (
    <>
      <Panel label={t('Connections and locks')}>
        {shown.map((connection) => (
          <PanelRow
            key={connection.id}
            title={
              <>
                <bdi>{connection.application || t('Unnamed')}</bdi>
                <span className="font-mono text-12 text-muted">{connection.pid}</span>
                {connection.blocked_by.length > 0 && (
                  <Badge meaning="bad">
                    {t('Waits for {processes}', { processes: formatList(connection.blocked_by.map(String)) })}
                  </Badge>
                )}
                {blocking.has(connection.pid) && <Badge meaning="attention">{t('Holds up others')}</Badge>}
              </>
            }
            detail={<Detail connection={connection} />}
            end={
              mayEnd && (
                <>
                  {connection.state === 'active' && (
                    <IconButton label={t('Cancel statement')} onClick={() => setEnding({ connection, how: 'cancel' })}>
                      <CircleStop size={14} />
                    </IconButton>
                  )}
                  <IconButton label={t('Close connection')} onClick={() => setEnding({ connection, how: 'close' })}>
                    <Unplug size={14} />
                  </IconButton>
                </>
              )
            }
          />
        ))}
      </Panel>
      <p className="mt-2 text-12 text-muted">{known}</p>
      {ending && (
        <FormDialog
          title={asked[ending.how].title}
          description={asked[ending.how].description}
          action={asked[ending.how].action}
          fields={[reasonField]}
          start={{}}
          onSave={(body) =>
            operate('/database/connection-ends', { ...body, id: ending.connection.id, how: ending.how })
          }
          onClose={() => setEnding(null)}
        />
      )}
    </>
  );
}

function Detail({ connection }: { connection: Connection }) {
  const { role, state, transaction_seconds, state_seconds, wanted, statement } = connection;
  const parts = [
    role,
    state && state_seconds !== null && t('{state} for {time}', { state, time: spent(state_seconds * 1000) }),
    transaction_seconds !== null && t('transaction open for {time}', { time: spent(transaction_seconds * 1000) }),
    wanted && t('wants {lock}', { lock: wanted }),
  ];
  return (
    <>
      <span className="block">{parts.filter(Boolean).join(' · ')}</span>
      {statement && <code className="line-clamp-3 font-mono text-ink">{statement}</code>}
    </>
  );
}
