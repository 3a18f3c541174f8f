import { useQuery } from '@tanstack/react-query';
import { BellOff, CircleCheck, Plus, Siren, SlidersHorizontal, Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { Alert, Receiver } from '../../../../src/operations/alerts/contract.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { cx } from '../../../ui/cx.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDateTime } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toast } from '../../../ui/toast.ts';
import { SecretDialog } from '../webhooks/SecretDialog.tsx';
import { AskDialog, type Asked } from './AlertDialog.tsx';
import { errorWords, operateOn, receiverKinds, severities } from './alerts.ts';
import { alertsQuery, personOf, receiversQuery, rulesQuery } from './installation.ts';
import { limitText } from './limits.ts';
import { RuleLink } from './RuleLink.tsx';

/** What fires, what to do about it, and who is told. Somebody reads it at night, on a phone. */
export default function AlertPage() {
  const alerts = useQuery(alertsQuery);
  const receivers = useQuery(receiversQuery);
  const rules = useQuery(rulesQuery);
  const messageOf = (rule: string) => {
    const known = rules.data?.data.find(({ name }) => name === rule);
    return known ? translateServerText(known.message) : rule;
  };
  const [asked, setAsked] = useState<Asked | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <SettingsSection
        title={t('Firing now')}
        description={t('Holdfast checks itself every few seconds. A condition that lasts long enough raises an alert.')}
        action={
          <Button icon={<BellOff size={14} />} onClick={() => setAsked({ what: 'silence', alert: null })}>
            {t('Silence all')}
          </Button>
        }
      >
        <Loaded query={alerts}>{({ firing }) => <Firing firing={firing} onAsk={setAsked} />}</Loaded>
      </SettingsSection>
      {alerts.data && alerts.data.silences.length > 0 && (
        <SettingsSection title={t('Silences')} description={t('Nobody is notified about these until then.')}>
          <Panel label={t('Silences')}>
            {alerts.data.silences.map((silence) => (
              <PanelRow
                key={silence.id}
                icon={<BellOff size={16} aria-hidden="true" />}
                title={silence.rule ? messageOf(silence.rule) : t('All alerts')}
                detail={
                  <>
                    <span className="block text-ink">{silence.reason}</span>
                    {t('Until {when}', { when: formatDateTime(silence.until) })} ·{' '}
                    <bdi>{personOf(silence.created_by)}</bdi>
                  </>
                }
                end={<Button onClick={() => setAsked({ what: 'end', silence })}>{t('End silence')}</Button>}
              />
            ))}
          </Panel>
        </SettingsSection>
      )}
      <SettingsSection
        title={t('Receivers')}
        description={t('Each gets one message for alerts that fire together, and another when they are over.')}
        action={
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setAsked({ what: 'receiver' })}>
            {t('New receiver')}
          </Button>
        }
      >
        <Loaded query={receivers}>{({ data }) => <Receivers receivers={data} onAsk={setAsked} />}</Loaded>
      </SettingsSection>
      <SettingsSection title={t('Alert history')}>
        <Loaded query={alerts}>
          {({ resolved }) =>
            resolved.length === 0 ? (
              <EmptyState compact title={t('Nothing yet')}>
                {t('Alerts that are over stay here for 90 days.')}
              </EmptyState>
            ) : (
              <Panel label={t('Alert history')}>
                {resolved.map((alert) => (
                  <PanelRow
                    key={alert.id}
                    icon={<CircleCheck size={16} aria-hidden="true" />}
                    title={translateServerText(alert.message)}
                    detail={
                      <>
                        <span className="block">{translateServerText(alert.detail)}</span>
                        {t('{from} to {to}', {
                          from: formatDateTime(alert.fired_at),
                          to: formatDateTime(alert.resolved_at!),
                        })}
                      </>
                    }
                  />
                ))}
              </Panel>
            )
          }
        </Loaded>
      </SettingsSection>
      <SettingsSection
        title={t('Rules')}
        description={t('When something counts as wrong. The same rules are in deploy/prometheus/rules.yml.')}
      >
        <Loaded query={rules}>
          {({ data }) => (
            <Panel label={t('Rules')}>
              {data.map((rule) => (
                <PanelRow
                  key={rule.name}
                  title={
                    <>
                      {translateServerText(rule.message)}
                      {!rule.enabled && <Badge>{t('Off')}</Badge>}
                      {rule.changed && rule.enabled && <Badge meaning="info">{t('Changed')}</Badge>}
                    </>
                  }
                  detail={limitText(rule)}
                  end={
                    <IconButton
                      label={t('Change limits of {name}', { name: rule.name })}
                      onClick={() => setAsked({ what: 'rule', rule })}
                    >
                      <SlidersHorizontal size={14} />
                    </IconButton>
                  }
                />
              ))}
            </Panel>
          )}
        </Loaded>
      </SettingsSection>
      {asked && <AskDialog asked={asked} onSecret={setSecret} onClose={() => setAsked(null)} />}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </>
  );
}

function Firing({ firing, onAsk }: { firing: Alert[]; onAsk: (asked: Asked) => void }) {
  if (firing.length === 0)
    return (
      <div role="status" className="flex items-center gap-3 rounded-lg bg-good-soft px-4 py-3 text-14 text-good-ink">
        <CircleCheck size={20} aria-hidden="true" className="shrink-0" />
        <strong className="font-semibold">{t('No alert is firing.')}</strong>
      </div>
    );
  return (
    <ul aria-label={t('Firing now')} className="flex flex-col gap-3">
      {firing.map((alert) => (
        <li
          key={alert.id}
          className={cx(
            'rounded-lg border-s-4 bg-surface px-4 py-3 ring-1 ring-line',
            alert.severity === 'page' ? 'border-bad' : 'border-attention',
          )}
        >
          <div className="flex items-start gap-3">
            <Siren
              size={18}
              aria-hidden="true"
              className={cx('mt-0.5 shrink-0', alert.severity === 'page' ? 'text-bad-ink' : 'text-attention-ink')}
            />
            <div className="min-w-0 flex-1 wrap-anywhere">
              <p className="flex flex-wrap items-center gap-2 text-14 font-semibold">
                {translateServerText(alert.message)}
                <Badge meaning={severities[alert.severity].meaning}>{severities[alert.severity].label}</Badge>
                {alert.silenced && <Badge>{t('Silenced')}</Badge>}
                {alert.cleared_at && <Badge meaning="info">{t('Ending')}</Badge>}
              </p>
              <p className="mt-1 text-13">{translateServerText(alert.detail)}</p>
              <p className="mt-2 rounded-md bg-sunken px-3 py-2 text-13">
                <span className="font-medium">{t('What to do')}:</span> {translateServerText(alert.advice)}
              </p>
              <p className="mt-2 text-12 text-muted">
                {t('Since {when}', { when: formatDateTime(alert.fired_at) })}
                {alert.messages === 0 && ` · ${t('nobody was notified yet')}`}
                {alert.acknowledged_by && (
                  <>
                    {' · '}
                    {t('Acknowledged by {who}', { who: personOf(alert.acknowledged_by) })}
                  </>
                )}
              </p>
              <div className="mt-3 flex flex-wrap gap-2">
                {!alert.acknowledged_at && (
                  <Button emphasis="primary" onClick={() => onAsk({ what: 'acknowledge', alert })}>
                    {t('Acknowledge')}
                  </Button>
                )}
                {!alert.silenced && <Button onClick={() => onAsk({ what: 'silence', alert })}>{t('Silence')}</Button>}
                <RuleLink rule={alert.rule} />
              </div>
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Receivers({ receivers, onAsk }: { receivers: Receiver[]; onAsk: (asked: Asked) => void }) {
  if (receivers.length === 0)
    return (
      <EmptyState compact icon={<TriangleAlert size={18} />} title={t('Nobody is notified')}>
        {t('Alerts stand on this page only. Add an e-mail address, Slack, PagerDuty or a webhook.')}
      </EmptyState>
    );
  return (
    <Panel label={t('Receivers')}>
      {receivers.map((receiver) => {
        const { last } = receiver;
        const failed = last?.error && last.state !== 'sent';
        return (
          <PanelRow
            key={receiver.id}
            title={
              <>
                <bdi>{receiver.name}</bdi>
                <Badge>{receiverKinds[receiver.kind]}</Badge>
                {!receiver.enabled && <Badge>{t('Paused')}</Badge>}
                {failed && <Badge meaning="bad">{t('Not delivered')}</Badge>}
              </>
            }
            detail={
              <>
                <span className="block font-mono">{receiver.target}</span>
                <span className="block">
                  {receiver.severity === 'page' ? t('Only urgent alerts') : t('Every alert')} ·{' '}
                  {receiver.after_minutes === 0
                    ? t('at once')
                    : t('unacknowledged for {minutes, plural, one {# minute} other {# minutes}}', {
                        minutes: receiver.after_minutes,
                      })}
                </span>
                {last && (
                  <span className={cx('block', failed && 'text-bad-ink')}>
                    {failed ? errorWords(last.error!) : t('Last message delivered')} <DateText value={last.at} />
                    {last.next_at && ` · ${t('tried again {when}', { when: formatDateTime(last.next_at) })}`}
                  </span>
                )}
              </>
            }
          >
            <div className="flex flex-wrap items-center gap-2">
              <Button
                onClick={() =>
                  void attempt(async () => {
                    await operateOn(`/alert-receivers/${receiver.id}/tests`);
                    toast(t('The test is on its way.'));
                  })
                }
              >
                {t('Send a test')}
              </Button>
              <Button onClick={() => onAsk({ what: 'pause', receiver })}>
                {receiver.enabled ? t('Pause') : t('Resume')}
              </Button>
              <IconButton
                label={t('Delete {name}', { name: receiver.name })}
                onClick={() => onAsk({ what: 'delete', receiver })}
              >
                <Trash2 size={14} />
              </IconButton>
            </div>
          </PanelRow>
        );
      })}
    </Panel>
  );
}
