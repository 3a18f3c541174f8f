import { useQuery } from '@tanstack/react-query';
import { CalendarPlus } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { withConfirmation } from '../../../platform/session/confirm.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { ConfirmDialog } from '../../../ui/ConfirmDialog.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { CalendarAddress } from './CalendarAddress.tsx';

interface CalendarFeed {
  open: boolean;
  created_at: string | null;
  last_read_at: string | null;
}

const path = '/calendar-feed';

/** The secret address under which other calendars read one's tasks and meetings. */
export default function CalendarPage() {
  const [address, setAddress] = useState<string | null>(null);
  const [asking, setAsking] = useState<'renew' | 'close' | null>(null);
  const feed = useQuery({
    queryKey: ['calendar_feed'],
    queryFn: ({ signal }) => api.get<CalendarFeed>(path, {}, signal),
  });
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['calendar_feed'] });

  async function make() {
    setAsking(null);
    await attempt(async () => {
      setAddress((await withConfirmation(() => api.post<{ address: string }>(path))).address);
      await refresh();
    });
  }

  async function close() {
    setAsking(null);
    await attempt(async () => {
      await api.delete(path);
      setAddress(null);
      await refresh();
    });
  }

  return (
    <SettingsSection
      title={t('Calendar feed')}
      description={t(
        'Your open tasks, meetings and calls in the calendar you already use. It reads them from a private address, at its own pace; nothing can be changed through it.',
      )}
    >
      <Loaded query={feed}>
        {({ open, created_at, last_read_at }) => (
          <>
            {address && <CalendarAddress address={address} />}
            <div className="flex flex-wrap items-center gap-3 text-13">
              {!open && (
                <Button emphasis="primary" icon={<CalendarPlus size={14} />} onClick={() => void make()}>
                  {t('Create an address')}
                </Button>
              )}
              {open && (
                <>
                  <p className="min-w-0 flex-1 basis-64 text-muted">
                    {last_read_at ? (
                      <T
                        text="Created <made></made>, last read <read></read>."
                        values={{
                          made: () => <DateText value={created_at} />,
                          read: () => <DateText value={last_read_at} />,
                        }}
                      />
                    ) : (
                      <T
                        text="Created <made></made>, not read yet."
                        values={{ made: () => <DateText value={created_at} /> }}
                      />
                    )}
                  </p>
                  <div className="flex flex-wrap gap-2">
                    <Button onClick={() => setAsking('renew')}>{t('Create a new address')}</Button>
                    <Button onClick={() => setAsking('close')}>{t('Turn off the address')}</Button>
                  </div>
                </>
              )}
            </div>
          </>
        )}
      </Loaded>
      <ConfirmDialog
        open={asking === 'renew'}
        danger
        title={t('Create a new address?')}
        description={t('The old address stops working: calendars that use it need the new one.')}
        action={t('Create a new address')}
        onClose={() => setAsking(null)}
        onConfirm={() => void make()}
      />
      <ConfirmDialog
        open={asking === 'close'}
        danger
        title={t('Turn off the address?')}
        description={t('Calendars that use it no longer get updates.')}
        action={t('Turn off the address')}
        onClose={() => setAsking(null)}
        onConfirm={() => void close()}
      />
    </SettingsSection>
  );
}
