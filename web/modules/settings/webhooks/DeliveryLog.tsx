import { useState } from 'react';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDateTime } from '../../../ui/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { DeliveryDialog } from './DeliveryDialog.tsx';
import { type Delivery, outcomeOf, reasonOf, states, useDeliveries, type Webhook } from './webhook.ts';

const filters = [
  { value: 'all', label: t('All states') },
  ...Object.entries(states).map(([value, { label }]) => ({ value, label })),
];

/** What was sent in the last days and what came of it; a row opens the payload and the response. */
export function DeliveryLog({ webhook }: { webhook: Webhook }) {
  const [state, setState] = useState('all');
  const [shown, setShown] = useState<string | null>(null);
  const log = useDeliveries(webhook.id, state);
  const { sending } = log;
  return (
    <SettingsSection
      title={t('Deliveries')}
      description={t('Of the last 14 days.')}
      action={<Select label={t('State')} className="w-40!" options={filters} value={state} onChange={setState} />}
    >
      {webhook.enabled && sending?.failing_since && (
        <div className="mb-3">
          <Banner meaning="attention">
            {t(
              'The receiver has not accepted anything since {when}. {count, plural, one {# event is} other {# events are}} waiting; after 24 hours the webhook is disabled.',
              { when: formatDateTime(sending.failing_since), count: sending.waiting },
            )}
            {sending.paused_until && ` ${t('Next attempt: {when}.', { when: formatDateTime(sending.paused_until) })}`}
          </Banner>
        </div>
      )}
      <Loaded query={log}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title={t('Nothing sent yet')}>
              {state === 'all' ? t('Send a test event to try it out.') : t('Nothing in this state.')}
            </EmptyState>
          ) : (
            <Panel label={t('Deliveries')}>
              {rows.map((delivery) => (
                <DeliveryRow key={delivery.id} delivery={delivery} onOpen={() => setShown(delivery.id)} />
              ))}
            </Panel>
          )
        }
      </Loaded>
      {log.hasNextPage && (
        <Button className="mt-3" busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          {t('Show older')}
        </Button>
      )}
      {shown && <DeliveryDialog webhook={webhook} id={shown} onClose={() => setShown(null)} />}
    </SettingsSection>
  );
}

function DeliveryRow({ delivery, onOpen }: { delivery: Delivery; onOpen: () => void }) {
  const { label, meaning } = states[delivery.state];
  const last = delivery.attempts.at(-1);
  const detail = reasonOf(delivery) ?? (last && outcomeOf(last));
  return (
    <li className="relative flex min-h-11 flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 text-13 hover:bg-hover">
      <button
        type="button"
        className="min-w-0 rounded-sm text-start font-mono text-12 before:absolute before:inset-0"
        onClick={onOpen}
      >
        {delivery.type}
      </button>
      <Badge meaning={meaning}>{label}</Badge>
      <span className="min-w-0 flex-1 truncate text-12 text-muted">{detail}</span>
      <span className="text-12 text-muted">
        {delivery.state === 'waiting' && delivery.next_at && delivery.attempt_count > 0 ? (
          <T text="again <time></time>" values={{ time: () => <DateText value={delivery.next_at} /> }} />
        ) : (
          <DateText value={delivery.occurred_at} />
        )}
      </span>
    </li>
  );
}
