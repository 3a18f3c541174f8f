import { useQuery } from '@tanstack/react-query';
import { Monitor, Smartphone, Tablet } from 'lucide-react';
import type { z } from 'zod';
import type { device } from '../../../../src/kernel/identity/session/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { toast } from '../../../ui/toast.ts';

type Device = z.output<typeof device>;

const icons = { desktop: Monitor, mobile: Smartphone, tablet: Tablet, other: Monitor };
const key = ['session', 'other', 'devices'];

export function SessionSection() {
  const devices = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<{ data: Device[] }>('/sessions', {}, signal),
  });

  async function end(path: string, done: string) {
    const ended = await attempt(() => api.delete(path));
    if (!ended) return;
    toast(done);
    await queryClient.invalidateQueries({ queryKey: key });
  }

  return (
    <SettingsSection
      title={t('Devices')}
      description={t('Where you are signed in. Signing a device out takes effect within a second.')}
      action={
        (devices.data?.data.length ?? 0) > 1 && (
          <Button onClick={() => void end('/sessions', t('All other devices are signed out'))}>
            {t('Sign out all others')}
          </Button>
        )
      }
    >
      <Loaded query={devices}>
        {({ data }) => (
          <Panel label={t('Devices')}>
            {data.map((device) => {
              const Icon = icons[device.device_type];
              const name = nameOf(device);
              return (
                <PanelRow
                  key={device.id}
                  icon={<Icon size={16} />}
                  title={
                    <>
                      {name}
                      {device.current && <Badge meaning="good">{t('This device')}</Badge>}
                    </>
                  }
                  detail={
                    <>
                      {device.ip && `${device.ip} · `}
                      <T text="seen <time></time>" values={{ time: () => <DateText value={device.last_seen_at} /> }} />
                    </>
                  }
                  end={
                    !device.current && (
                      <Button
                        size="small"
                        onClick={() =>
                          void end(`/sessions/${device.id}`, t('{device} is signed out', { device: name }))
                        }
                      >
                        {t('Sign out')}
                      </Button>
                    )
                  }
                />
              );
            })}
          </Panel>
        )}
      </Loaded>
    </SettingsSection>
  );
}

function nameOf({ browser, os }: Device): string {
  if (browser && os) return t('{browser} on {system}', { browser, system: os });
  return browser ?? os ?? t('Unknown browser');
}
