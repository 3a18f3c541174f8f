import { CalendarDays, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { attempt } from '../../../app/attempt.ts';
import { createRecord } from '../../../app/records.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { useNarrow } from '../../../ui/media.ts';
import { dayShown, understand } from './quickAdd.ts';

/** A new task in one line. What was understood as its day is shown before it is made. */
export function QuickAdd() {
  const [typed, setTyped] = useState('');
  const [literal, setLiteral] = useState(false);
  const [busy, setBusy] = useState(false);
  const narrow = useNarrow();
  const task = understand(typed, literal);

  async function add(event: FormEvent) {
    event.preventDefault();
    if (!task || busy) return;
    setBusy(true);
    const { title, due_at } = task;
    const made = await attempt(() => createRecord('task', { title, due_at }, t('Task created')));
    setBusy(false);
    if (!made) return;
    setTyped('');
    setLiteral(false);
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
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <Button type="submit" aria-label={t('Add')} icon={<Plus size={14} />} disabled={!task} busy={busy}>
          {!narrow && t('Add')}
        </Button>
      </div>
      {task && (
        <p aria-live="polite" className="mt-1.5 flex min-h-7 items-center gap-2 text-12 text-muted">
          <CalendarDays size={14} aria-hidden="true" />
          {t('Due {day}', { day: dayShown(task.due_at) })}
          {task.word && (
            <Button size="small" emphasis="quiet" onClick={() => setLiteral(true)}>
              {t('“{word}” belongs to the title', { word: task.word })}
            </Button>
          )}
        </p>
      )}
    </form>
  );
}
