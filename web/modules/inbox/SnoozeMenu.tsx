import { useMutation } from '@tanstack/react-query';
import { Clock } from 'lucide-react';
import { useState } from 'react';
import { Temporal } from 'temporal-polyfill';
import { FormShell } from '../../platform/page/FormShell.tsx';
import { attempt } from '../../platform/query/attempt.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { formatDateTime, zoneOfReader } from '../../ui/format.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Input } from '../../ui/Input.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { toast } from '../../ui/toast.ts';
import { fromTyped, toTyped } from '../../ui/zoned.ts';
import { type Notification, snooze } from './notification.ts';

const morning_hour = 8;
const later_hours = 3;

const thisMinute = () =>
  Temporal.Now.zonedDateTimeISO(zoneOfReader()).round({ smallestUnit: 'minute', roundingMode: 'floor' });

function morning(days: number): string {
  const plainTime = { hour: morning_hour };
  const now = thisMinute();
  return now
    .toPlainDate()
    .add({ days })
    .toZonedDateTime({ timeZone: now.timeZoneId, plainTime })
    .toInstant()
    .toString();
}

/** The times one may choose without thinking, from the moment on at which one does. */
const choices: { label: string; until: () => string }[] = [
  { label: t('In three hours'), until: () => thisMinute().add({ hours: later_hours }).toInstant().toString() },
  { label: t('Tomorrow'), until: () => morning(1) },
  { label: t('Next week'), until: () => morning(8 - thisMinute().dayOfWeek) },
];

/** Has it come back later. */
export function SnoozeMenu({ notification }: { notification: Notification }) {
  const [picking, setPicking] = useState(false);
  async function put(until: string, atOnce: boolean) {
    await snooze(notification, until, { atOnce });
    toast(t('Snoozed until {when}', { when: formatDateTime(until) }));
  }
  return (
    <>
      <Menu
        align="end"
        trigger={
          <IconButton label={t('Remind me later')} keys="h" size="small" data-snooze>
            <Clock size={14} />
          </IconButton>
        }
        actions={[
          ...choices.map(({ label, until }) => ({ label, onSelect: () => void attempt(() => put(until(), true)) })),
          { label: t('Pick a time…'), group: true, onSelect: () => setPicking(true) },
        ]}
      />
      {/* It stands in the row: while that is there, so is the dialog with what the server says of the time. */}
      {picking && <TimeDialog onClose={() => setPicking(false)} onPick={(until) => put(until, false)} />}
    </>
  );
}

function TimeDialog({ onClose, onPick }: { onClose: () => void; onPick: (until: string) => Promise<unknown> }) {
  const [typed, setTyped] = useState(() => toTyped(morning(1)));
  const until = fromTyped(typed);
  const save = useMutation({ mutationFn: onPick, onSuccess: onClose });
  return (
    <Dialog open onClose={onClose} title={t('Remind me later')}>
      <FormShell
        error={save.error}
        fields={['snoozed_until']}
        className="flex flex-col gap-4"
        onSubmit={() => until && save.mutate(until)}
      >
        <Field name="snoozed_until" label={t('When')}>
          <Input type="datetime-local" value={typed} onValueChange={setTyped} required />
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" emphasis="primary" disabled={!until} busy={save.isPending}>
            {t('Remind me')}
          </Button>
        </div>
      </FormShell>
    </Dialog>
  );
}
