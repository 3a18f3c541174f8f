import { Copy } from 'lucide-react';
import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Segments } from '../../../ui/Segments.tsx';
import { toast } from '../../../ui/toast.ts';

type Tasks = 'event' | 'todo';

/** How the usual calendars are told of an address. */
const ways = [
  { name: 'Google', way: t('Other calendars, then From URL') },
  { name: 'Outlook', way: t('Add calendar, then Subscribe from web') },
  { name: 'Apple', way: t('File, then New calendar subscription') },
  { name: 'Thunderbird', way: t('New calendar, then On the network') },
];

/** The address as it is shown once, with what to do with it. */
export function CalendarAddress({ address }: { address: string }) {
  const [tasks, setTasks] = useState<Tasks>('event');
  const shown = tasks === 'todo' ? `${address}?tasks=todo` : address;
  return (
    <div className="mb-6 rounded-lg border border-line p-4">
      <Banner meaning="attention">
        {t('Copy it now: it is not shown again. Anyone who has it can read your calendar.')}
      </Banner>
      <div className="mt-4 flex flex-wrap items-center gap-2 text-13">
        {t('Show tasks as')}
        <Segments
          label={t('Show tasks as')}
          options={[
            { value: 'event', label: t('Events') },
            { value: 'todo', label: t('To-dos') },
          ]}
          value={tasks}
          onChange={setTasks}
        />
        <span className="text-muted">
          {tasks === 'event' ? t('Every calendar shows these') : t('For calendars with to-dos, such as Thunderbird')}
        </span>
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-1 basis-64 rounded-md bg-sunken p-2.5 font-mono text-12 wrap-anywhere select-all">
          {shown}
        </code>
        <Button
          emphasis="primary"
          icon={<Copy size={14} />}
          onClick={() =>
            void attempt(async () => {
              await navigator.clipboard.writeText(shown);
              toast(t('Address copied'));
            })
          }
        >
          {t('Copy address')}
        </Button>
      </div>
      <dl className="mt-4 grid gap-x-4 gap-y-1 text-13 sm:grid-cols-[auto_1fr]">
        {ways.map(({ name, way }) => (
          <div key={name} className="contents">
            <dt className="font-medium">{name}</dt>
            <dd className="text-muted">{way}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
