import { Plus } from 'lucide-react';
import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import { toast } from '../../../ui/toast.ts';
import { AccountForm } from './AccountForm.tsx';
import { type CalendarAccount, type OwnCalendar, refreshCalendars, useAccounts } from './meetings.ts';

const sharings = [
  { value: 'private', label: t('Nothing') },
  { value: 'participants', label: t('When you are busy, and with whom') },
  { value: 'all', label: t('Everything') },
];

type Source = CalendarAccount['calendars'][number];

interface CalendarsDialogProps {
  calendars: readonly OwnCalendar[];
  onClose: () => void;
}

/** Which calendars there are, how each stands with its provider, and what others see of it. */
export function CalendarsDialog({ calendars, onClose }: CalendarsDialogProps) {
  const may = useMay();
  const { user } = useSession();
  const { data: accounts } = useAccounts();
  const [open, setOpen] = useState<OwnCalendar | CalendarAccount | 'new' | null>(null);
  const sources = new Map(accounts?.flatMap((account) => account.calendars.map((one) => [one.calendar_id, one])));
  if (accounts && (open === 'new' || (calendars.length === 0 && accounts.length === 0)))
    return <AccountForm onClose={() => (calendars.length === 0 ? onClose() : setOpen(null))} />;
  if (open && open !== 'new' && 'url' in open) return <AccountForm account={open} onClose={() => setOpen(null)} />;
  return (
    <Dialog
      open
      size="medium"
      title={t('Calendars')}
      onClose={onClose}
      footer={
        may('mailbox', 'create') && (
          <Button icon={<Plus size={14} />} onClick={() => setOpen('new')}>
            {t('Connect a calendar')}
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4 pb-2">
        <Panel label={t('Calendars')}>
          {calendars.map((calendar) => (
            <CalendarRow
              key={calendar.id}
              calendar={calendar}
              source={sources.get(calendar.id)}
              isOwn={calendar.owner_id === user.id}
              onShare={() => setOpen(calendar)}
            />
          ))}
        </Panel>
        {accounts && accounts.length > 0 && (
          <Panel label={t('Accounts')}>
            {accounts.map((account) => (
              <AccountRow key={account.id} account={account} onConnect={() => setOpen(account)} />
            ))}
          </Panel>
        )}
      </div>
      {open && open !== 'new' && 'sharing' in open && (
        <FormDialog
          title={t('What others see')}
          description={open.name}
          action={t('Save')}
          fields={[
            { key: 'name', label: t('Name'), kind: 'text', required: true },
            {
              key: 'sharing',
              label: t('What others see'),
              kind: 'select',
              options: sharings,
              required: true,
              help: t(
                'Only you can change this, administrators cannot. What is marked as private in your calendar stays yours.',
              ),
            },
          ]}
          start={{ name: open.name, sharing: open.sharing }}
          onSave={async (body) => {
            await api.patch(`/meeting-calendars/${open.id}`, body, open.version);
            toast(t('Calendar saved'));
            await refreshCalendars();
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </Dialog>
  );
}

interface CalendarRowProps {
  calendar: OwnCalendar;
  source: Source | undefined;
  isOwn: boolean;
  onShare: () => void;
}

function CalendarRow({ calendar, source, isOwn, onShare }: CalendarRowProps) {
  const { id, name, owner } = calendar;
  const choose = (is_chosen: boolean) =>
    void attempt(async () => {
      await api.patch(`/calendar-sources/${id}`, { is_chosen });
      await refreshCalendars();
    });
  const confirm = () =>
    void attempt(async () => {
      await api.post(`/calendar-sources/${id}/deletions`);
      await refreshCalendars();
    });
  const stands = source ? translateServerText(source.sentence) : t('Not connected: what was imported stays.');
  return (
    <PanelRow
      title={<bdi>{name}</bdi>}
      detail={isOwn ? stands : t('Shared by {name}', { name: owner?.name ?? t('Somebody') })}
      end={
        isOwn && (
          <>
            {source?.state === 'asks' && (
              <Button size="small" onClick={confirm}>
                {t('Confirm deletion')}
              </Button>
            )}
            <Button size="small" onClick={onShare}>
              {t('Share')}
            </Button>
            {source && <Switch label={t('Import {name}', { name })} checked={source.is_chosen} onChange={choose} />}
          </>
        )
      }
    />
  );
}

function AccountRow({ account, onConnect }: { account: CalendarAccount; onConnect: () => void }) {
  const { id, provider, url, username, problem } = account;
  const isGoogle = provider === 'google';
  const at = url ? new URL(url).host : 'Google';
  const run = (work: () => Promise<unknown>) =>
    void attempt(async () => {
      await work();
      await refreshCalendars();
    });
  return (
    <PanelRow
      title={<bdi>{username}</bdi>}
      detail={problem ? translateServerText(problem) : at}
      end={
        <>
          <Button size="small" onClick={() => run(() => api.post(`/calendar-accounts/${id}/comparisons`))}>
            {t('Compare now')}
          </Button>
          <Button size="small" onClick={onConnect}>
            {isGoogle ? t('Connect again') : t('Change')}
          </Button>
          <Button size="small" onClick={() => run(() => api.delete(`/calendar-accounts/${id}`))}>
            {t('Disconnect')}
          </Button>
        </>
      }
    />
  );
}
