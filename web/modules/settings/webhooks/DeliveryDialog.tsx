import { RotateCcw } from 'lucide-react';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { formatDateTime } from '../../../ui/format.ts';
import { toast } from '../../../ui/toast.ts';
import { type DeliveryContent, outcomeOf, reasonOf, refresh, states, useDelivery, type Webhook } from './webhook.ts';

/** What was sent, each attempt, and what the receiver answered. */
export function DeliveryDialog({ webhook, id, onClose }: { webhook: Webhook; id: string; onClose: () => void }) {
  const may = useMay();
  const delivery = useDelivery(webhook.id, id);
  const replay = () =>
    attempt(async () => {
      await api.post(`/webhooks/${webhook.id}/deliveries/${id}/replay`);
      toast(t('It is being sent again'));
      await refresh();
    });
  return (
    <Dialog
      open
      size="medium"
      title={delivery.data?.type ?? t('Delivery')}
      description={<span className="font-mono text-12 wrap-anywhere">{id}</span>}
      onClose={onClose}
      footer={
        <>
          {may('webhook', 'update') && webhook.enabled && (
            <Button icon={<RotateCcw size={14} />} onClick={() => void replay()}>
              {t('Send again')}
            </Button>
          )}
          <Button emphasis="primary" onClick={onClose}>
            {t('Close')}
          </Button>
        </>
      }
    >
      <Loaded query={delivery}>{(data) => <Content delivery={data} />}</Loaded>
    </Dialog>
  );
}

function Content({ delivery }: { delivery: DeliveryContent }) {
  const { label, meaning } = states[delivery.state];
  const reason = reasonOf(delivery);
  return (
    <div className="flex flex-col gap-4 text-13">
      <p className="flex flex-wrap items-center gap-2">
        <Badge meaning={meaning}>{label}</Badge>
        {reason && <span className="text-muted">{reason}</span>}
      </p>
      {delivery.attempts.length > 0 && (
        <section aria-label={t('Attempts')}>
          <h3 className="mb-1 text-13 font-medium">{t('Attempts')}</h3>
          <ol className="flex flex-col gap-0.5">
            {delivery.attempts.map((each) => (
              <li key={each.at} className="flex flex-wrap justify-between gap-x-3 tabular-nums">
                <span>{outcomeOf(each)}</span>
                <span className="text-muted">
                  {t('{when} · {ms, number} ms', { when: formatDateTime(each.at), ms: each.ms })}
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
      <Text
        title={t('Payload')}
        text={pretty(delivery.payload)}
        none={t('Nothing was sent, or you cannot see the record.')}
      />
      {delivery.attempts.length > 0 && (
        <Text title={t('Response')} text={delivery.response} none={t('The response was empty.')} />
      )}
    </div>
  );
}

function Text({ title, text, none }: { title: string; text: string | null; none: string }) {
  return (
    <div>
      <h3 className="mb-1 text-13 font-medium">{title}</h3>
      {text ? (
        <section
          aria-label={title}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-72 overflow-auto rounded-md bg-sunken p-3"
        >
          <pre dir="ltr" className="font-mono text-12 whitespace-pre-wrap wrap-anywhere">
            {text}
          </pre>
        </section>
      ) : (
        <p className="text-muted">{none}</p>
      )}
    </div>
  );
}

function pretty(payload: string | null): string | null {
  return payload && JSON.stringify(JSON.parse(payload), null, 2);
}
