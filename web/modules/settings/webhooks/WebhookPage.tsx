import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus, Webhook as WebhookIcon } from 'lucide-react';
import { useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { StateBadge } from './StateBadge.tsx';
import { WebhookDetail } from './WebhookDetail.tsx';
import { WebhookDialog } from './WebhookDialog.tsx';
import { eventsInWords, type Webhook } from './webhook.ts';

export default function WebhookPage() {
  const may = useMay();
  const navigate = useNavigate();
  const { webhook: id } = useSearch({ strict: false }) as { webhook?: string };
  const [creating, setCreating] = useState(false);
  const hooks = useRecords<Webhook>('webhook', { sort: 'name', limit: 100 });
  const open = (webhook?: string) =>
    void navigate({ to: '/settings/$section', params: { section: 'webhooks' }, search: { webhook } as never });
  const chosen = id && hooks.rows.find((each) => each.id === id);
  if (chosen) return <WebhookDetail key={chosen.id} webhook={chosen} onBack={() => open()} />;
  return (
    <SettingsSection
      title={t('Webhooks')}
      description={
        <T
          text="Changes are sent to your own programs and services as they happen, signed as <link>Standard Webhooks</link>."
          values={{
            link: (words) => (
              <a href="https://www.standardwebhooks.com/" className="text-accent-ink underline underline-offset-2">
                {words}
              </a>
            ),
          }}
        />
      }
      action={
        may('webhook', 'create') && (
          <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setCreating(true)}>
            {t('New webhook')}
          </Button>
        )
      }
    >
      <Loaded query={{ ...hooks, data: hooks.data && hooks.rows }}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={<WebhookIcon size={18} />} title={t('No webhooks yet')}>
              {t('A webhook tells another program when a record is created, changed or deleted.')}
            </EmptyState>
          ) : (
            <Panel label={t('Webhooks')}>
              {rows.map((webhook) => (
                <PanelRow
                  key={webhook.id}
                  icon={<WebhookIcon size={16} />}
                  title={
                    <>
                      <button
                        type="button"
                        className="min-w-0 truncate rounded-sm text-start hover:underline"
                        onClick={() => open(webhook.id)}
                      >
                        <bdi>{webhook.name}</bdi>
                      </button>
                      <StateBadge webhook={webhook} />
                    </>
                  }
                  detail={
                    <>
                      <span className="block font-mono">{webhook.url}</span>
                      {eventsInWords(webhook.events)}
                    </>
                  }
                  end={
                    <Button
                      onClick={() => open(webhook.id)}
                      aria-label={t('Details of {name}', { name: webhook.name })}
                    >
                      {t('Details')}
                    </Button>
                  }
                />
              ))}
            </Panel>
          )
        }
      </Loaded>
      {creating && <WebhookDialog onClose={() => setCreating(false)} onCreated={open} />}
    </SettingsSection>
  );
}
