import { Link } from '@tanstack/react-router';
import type { ModelCall } from '../../../../src/modules/insight/language-model/contract.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import { findLink } from '../../../platform/record/recordTypes.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { usePages } from '../../../platform/settings/usePages.ts';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { formatBytes, formatNumber } from '../../../ui/format.ts';
import { callLabel, costText, outcomeTexts } from './model.ts';

/** Every call: who asked for what, how much left, and what came of it. The texts themselves are not here. */
export function CallLog() {
  const log = usePages<ModelCall>('language-model', '/language-model/calls', {});
  return (
    <SettingsSection title={t('What was sent')} description={t('Of the last 90 days, without the texts themselves.')}>
      <Loaded query={log}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="text-13 text-muted">{t('Nothing yet.')}</p>
          ) : (
            <Panel label={t('What was sent')}>
              {rows.map((call) => (
                <CallRow key={call.id} call={call} />
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
    </SettingsSection>
  );
}

const recordLink = ({ resource, record_id }: ModelCall) =>
  resource && record_id && resource !== 'mail_thread'
    ? (findLink(resource)?.to(record_id) ?? { to: `${pathOf(resource)}/${record_id}` })
    : null;

function CallRow({ call }: { call: ModelCall }) {
  const isGood = call.outcome === 'ok';
  const tokens = (call.tokens_in ?? 0) + (call.tokens_out ?? 0);
  const record = recordLink(call);
  const parts = [
    call.user?.name ?? t('the program'),
    `${call.model} · ${call.host}`,
    t('{sent} sent, {received} received', {
      sent: formatBytes(call.bytes_sent),
      received: formatBytes(call.bytes_received ?? 0),
    }),
    t('{texts, plural, =0 {no text} one {one text} other {# texts}}', { texts: call.sources.length }),
    t('{tokens} tokens', { tokens: formatNumber(tokens) }),
    ...(call.cost ? [t('about {cost}', { cost: costText(call.cost, call.currency) })] : []),
  ];
  return (
    <PanelRow
      title={
        <>
          {callLabel(call.feature)}
          <Badge meaning={isGood ? 'good' : 'attention'}>{outcomeTexts[call.outcome]}</Badge>
        </>
      }
      detail={
        <>
          <bdi>{parts.join(' · ')}</bdi>
          {record && (
            <>
              {' · '}
              <Link {...record} className="text-accent-ink underline underline-offset-2">
                {t('Record')}
              </Link>
            </>
          )}
          {call.sources.length > 0 && (
            <details>
              <summary className="cursor-pointer rounded-sm">{t('Texts that left')}</summary>
              <ul className="font-mono text-12 wrap-anywhere">
                {call.sources.map((id) => (
                  <li key={id}>{id}</li>
                ))}
              </ul>
            </details>
          )}
        </>
      }
      end={<DateText value={call.created_at} className="text-12 text-muted" />}
    />
  );
}
