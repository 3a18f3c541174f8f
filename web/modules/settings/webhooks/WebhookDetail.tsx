import { ArrowLeft, KeyRound, Pencil, Power, Send, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { confirmed } from '../../../platform/session/confirm.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { formatDateTime } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toast } from '../../../ui/toast.ts';
import { DeliveryLog } from './DeliveryLog.tsx';
import { SecretDialog } from './SecretDialog.tsx';
import { StateBadge } from './StateBadge.tsx';
import { WebhookDialog } from './WebhookDialog.tsx';
import { disabledWords, eventsInWords, refresh, type Webhook } from './webhook.ts';

/** One webhook: what it sends, how that goes, and what can be done with it. */
export function WebhookDetail({ webhook, onBack }: { webhook: Webhook; onBack: () => void }) {
  const may = useMay();
  const [open, setOpen] = useState<'edit' | 'rotate' | 'delete' | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const { id, name, enabled } = webhook;
  const change = may('webhook', 'update');
  const close = () => setOpen(null);

  const enable = (on: boolean) =>
    confirmed(async () => {
      await api.patch(`/webhooks/${id}`, { enabled: on }, webhook.version);
      await refresh();
    });
  async function rotate() {
    close();
    await confirmed(async () => {
      setSecret((await api.post<{ secret: string }>(`/webhooks/${id}/secret`)).secret);
      await refresh();
    });
  }
  async function remove() {
    close();
    // The log, which asks again and again, goes first, because its webhook will be gone; the page itself goes when it
    // is back at the list.
    setRemoving(true);
    onBack();
    await attempt(() => api.delete(`/webhooks/${id}`));
    await refresh();
  }

  return (
    <section aria-label={name}>
      <Button
        emphasis="quiet"
        icon={<ArrowLeft size={14} className="rtl:-scale-x-100" />}
        className="-ms-2 mb-2"
        onClick={onBack}
      >
        {t('All webhooks')}
      </Button>
      <header className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 max-w-prose">
          <h2 className="flex min-w-0 flex-wrap items-center gap-2 text-16">
            <bdi className="min-w-0 wrap-anywhere">{name}</bdi>
            <StateBadge webhook={webhook} />
          </h2>
          <p className="mt-0.5 font-mono text-12 wrap-anywhere text-muted">{webhook.url}</p>
        </div>
        <div className="flex flex-wrap items-center gap-1.5">
          {change && enabled && (
            <Button
              icon={<Send size={14} />}
              onClick={() =>
                void attempt(async () => {
                  await api.post(`/webhooks/${id}/tests`);
                  toast(t('Test event sent'));
                  await refresh();
                })
              }
            >
              {t('Send test event')}
            </Button>
          )}
          {change && (
            <>
              <Button icon={<Pencil size={14} />} onClick={() => setOpen('edit')}>
                {t('Edit')}
              </Button>
              <IconButton label={t('New secret')} onClick={() => setOpen('rotate')}>
                <KeyRound size={14} />
              </IconButton>
              {enabled && (
                <IconButton label={t('Disable')} onClick={() => void enable(false)}>
                  <Power size={14} />
                </IconButton>
              )}
            </>
          )}
          {may('webhook', 'delete') && (
            <IconButton label={t('Delete {name}', { name })} onClick={() => setOpen('delete')}>
              <Trash2 size={14} />
            </IconButton>
          )}
        </div>
      </header>
      {!enabled && (
        <div className="mb-4">
          <Banner
            meaning={webhook.disabled_reason ? 'bad' : 'info'}
            action={
              change && (
                <Button className="shrink-0" onClick={() => void enable(true)}>
                  {t('Enable')}
                </Button>
              )
            }
          >
            {t('Disabled: nothing is sent.')} {webhook.disabled_reason && disabledWords[webhook.disabled_reason]}
          </Banner>
        </div>
      )}
      <dl className="mb-6 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-13">
        <dt className="text-muted">{t('Events')}</dt>
        <dd className="min-w-0">{eventsInWords(webhook.events)}</dd>
        <dt className="text-muted">{t('Acts with the rights of')}</dt>
        <dd className="min-w-0">
          <bdi>{webhook.owner?.name ?? '—'}</bdi>
        </dd>
        {webhook.old_secret_until && Date.parse(webhook.old_secret_until) > Date.now() && (
          <>
            <dt className="text-muted">{t('Old secret')}</dt>
            <dd>
              <T
                text="signs too until <time></time>"
                values={{ time: () => <span>{formatDateTime(webhook.old_secret_until!)}</span> }}
              />
            </dd>
          </>
        )}
      </dl>
      {!removing && <DeliveryLog webhook={webhook} />}
      {open === 'edit' && <WebhookDialog webhook={webhook} onClose={close} />}
      {open === 'rotate' && (
        <ConfirmDialog
          open
          title={t('Create a new secret for “{name}”?', { name })}
          description={t('It is shown once. For 24 hours both secrets sign, then only the new one.')}
          action={t('Create new secret')}
          onClose={close}
          onConfirm={() => void rotate()}
        />
      )}
      {open === 'delete' && (
        <ConfirmDialog
          open
          danger
          title={t('Delete “{name}”?', { name })}
          description={t('Nothing is sent any more, and the log of what was sent is deleted. This cannot be undone.')}
          action={t('Delete webhook')}
          onClose={close}
          onConfirm={() => void remove()}
        />
      )}
      {secret && <SecretDialog secret={secret} rotated onClose={() => setSecret(null)} />}
    </section>
  );
}
