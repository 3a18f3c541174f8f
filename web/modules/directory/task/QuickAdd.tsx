import { CalendarDays, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { attempt } from '../../../app/attempt.ts';
import { createRecord } from '../../../app/records.ts';
import { useSession } from '../../../app/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { useNarrow } from '../../../ui/media.ts';
import { dayShown, understand } from './quickAdd.ts';

/** `literal`: a word that could be its day belongs to its title. */
const empty = { typed: '', literal: false };

/** A new task in one line. What was understood as its day is shown before it is made. */
export function QuickAdd() {
  const { user } = useSession();
  const [line, setLine] = useState(empty);
  const narrow = useNarrow();
  const task = understand(line.typed, line.literal);

  async function add(event: FormEvent) {
    event.preventDefault();
    if (!task) return;
    // At once: what is typed while it is sent is the next one.
    setLine(empty);
    const body = { title: task.title, due_at: task.due_at, assignee_id: user.id };
    const assignee = { id: user.id, name: user.name };
    const made = await attempt(() => createRecord('task', body, t('Task created'), { assignee }));
    if (!made) setLine((now) => (now.typed === '' ? line : now));
  }

  return (
    <form onSubmit={(event) => void add(event)} className="mb-5 px-2">
      <div className="flex items-center gap-2">
        <input
          className="control min-w-0 flex-1"
          name="title"
          aria-label={t('New task for your day')}
          placeholder={narrow ? t('Ring the printer tomorrow') : t('Add a task, such as: Ring the printer tomorrow')}
          maxLength={300}
          value={line.typed}
          onChange={({ target }) => setLine({ ...line, typed: target.value })}
        />
        <Button type="submit" aria-label={t('Add')} icon={<Plus size={14} />} disabled={!task}>
          {!narrow && t('Add')}
        </Button>
      </div>
      {task && (
        <p aria-live="polite" className="mt-1.5 flex min-h-7 items-center gap-2 text-12 text-muted">
          <CalendarDays size={14} aria-hidden="true" />
          {t('Due {day}', { day: dayShown(task.due_at) })}
          {task.word && (
            <Button size="small" emphasis="quiet" onClick={() => setLine({ ...line, literal: true })}>
              {t('“{word}” belongs to the title', { word: task.word })}
            </Button>
          )}
        </p>
      )}
    </form>
  );
}
