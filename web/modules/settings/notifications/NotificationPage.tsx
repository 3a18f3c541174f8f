import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../../../platform/query/api.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Field } from '../../../ui/Field.tsx';
import { formatHour, formatWeekday } from '../../../ui/format.ts';
import { Select } from '../../../ui/Select.tsx';

interface Way {
  in_app: boolean;
  email: 'off' | 'at_once' | 'digest';
}
interface Settings {
  kinds: Record<string, Way>;
  digest: 'daily' | 'weekly';
  digest_hour: number;
  digest_weekday: number;
  time_zone: string;
  version: number;
}

/** `right`: what only those are told who may see these. */
const kinds: { kind: string; title: string; text: string; right?: string }[] = [
  { kind: 'mentioned', title: t('Mentions'), text: t('Somebody mentions you with @.') },
  { kind: 'commented', title: t('Comments'), text: t('On records you own, follow or have commented on.') },
  { kind: 'assigned', title: t('Assigned to you'), text: t('A record or a task is assigned to you.') },
  { kind: 'changed', title: t('Changes'), text: t('Somebody changes a record you own or follow.') },
  { kind: 'task_due', title: t('Tasks'), text: t('A task is due, or its reminder comes.') },
  { kind: 'finished', title: t('Long-running work'), text: t('An import, an export or a bulk change finishes.') },
  { kind: 'duplicates_found', title: t('Duplicates'), text: t('Possible duplicates are found.') },
  {
    kind: 'handed_over',
    title: t('Handed over'),
    text: t('A household of yours becomes somebody else’s.'),
    right: 'household',
  },
  { kind: 'webhook_disabled', title: t('Webhooks'), text: t('A webhook of yours was disabled.'), right: 'webhook' },
];
const ways = [
  { value: 'off', label: t('No e-mail') },
  { value: 'at_once', label: t('Immediately') },
  { value: 'digest', label: t('In the digest') },
];
const rhythms = [
  { value: 'daily', label: t('Every day') },
  { value: 'weekly', label: t('Once a week') },
];
/** 2024 began on a Monday. */
const weekdays = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: String(day), label: formatWeekday(`2024-01-0${day}`) }));
const hours = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: formatHour(hour) }));

const key = ['notification', 'settings'];

/** What one is told of, and where. */
export default function NotificationPage() {
  const may = useMay();
  const settings = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<Settings>('/notification-settings', {}, signal),
  });
  const change = useMutation({
    // One after the other, so that the answer shown last is the newest.
    scope: { id: 'notification-settings' },
    mutationFn: (update: object) => api.patch<Settings>('/notification-settings', update),
    onSuccess: (saved) => queryClient.setQueryData(key, saved),
  });
  const set = (kind: string, way: Partial<Way>) => change.mutate({ kinds: { [kind]: way } });
  return (
    <>
      <SettingsSection
        title={t('Notifications')}
        description={t(
          'What you are notified about, in the inbox and by e-mail. Nobody is notified about what they did themselves.',
        )}
      >
        {change.error && <Banner meaning="bad">{messageOf(change.error)}</Banner>}
        <Loaded query={settings}>
          {(current) => (
            <ul className="divide-y divide-line rounded-lg border border-line">
              {kinds.map(({ kind, title, text, right }) => {
                if (right && !may(right, 'read')) return null;
                const way = current.kinds[kind]!;
                return (
                  <li key={kind} className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3">
                    <span className="min-w-48 flex-1 text-13">
                      <span className="font-medium">{title}</span>
                      <span className="block text-muted">{text}</span>
                    </span>
                    <span className="flex items-center gap-2 text-13">
                      <Checkbox
                        label={t('{kind}: in the inbox', { kind: title })}
                        checked={way.in_app}
                        onChange={(in_app) => set(kind, { in_app })}
                      />
                      <span aria-hidden="true">{t('Inbox')}</span>
                    </span>
                    <Select
                      label={t('{kind}: by e-mail', { kind: title })}
                      className="w-48"
                      options={ways}
                      value={way.email}
                      onChange={(email) => set(kind, { email: email as Way['email'] })}
                    />
                  </li>
                );
              })}
            </ul>
          )}
        </Loaded>
      </SettingsSection>
      <SettingsSection
        title={t('Digest')}
        description={t('One e-mail with everything new and unread. If there is nothing, none is sent.')}
      >
        {settings.data && (
          <div className="flex flex-wrap gap-4">
            <Field name="digest" label={t('How often')}>
              <Select
                label={t('How often')}
                className="w-40"
                options={rhythms}
                value={settings.data.digest}
                onChange={(digest) => change.mutate({ digest })}
              />
            </Field>
            {settings.data.digest === 'weekly' && (
              <Field name="digest_weekday" label={t('Day')}>
                <Select
                  label={t('Day')}
                  className="w-32"
                  options={weekdays}
                  value={String(settings.data.digest_weekday)}
                  onChange={(day) => change.mutate({ digest_weekday: Number(day) })}
                />
              </Field>
            )}
            <Field name="digest_hour" label={t('Time')} help={settings.data.time_zone}>
              <Select
                label={t('Time')}
                className="w-32"
                options={hours}
                value={String(settings.data.digest_hour)}
                onChange={(hour) => change.mutate({ digest_hour: Number(hour) })}
              />
            </Field>
          </div>
        )}
      </SettingsSection>
    </>
  );
}
