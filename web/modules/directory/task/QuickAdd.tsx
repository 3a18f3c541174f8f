import { CalendarDays, Plus } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { messageOf } from '../../../platform/query/problem.ts';
import { createRecord } from '../../../platform/query/records.ts';
import { useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { useNarrow } from '../../../ui/media.ts';
import { toast } from '../../../ui/toast.ts';
import { dueDay } from './due.ts';
import { dueShown, type QuickTask, understand } from './quickAdd.ts';
import { recurrenceText } from './recurrence.ts';

/** `literal`: words that could say when it is due belong to its title. */
const empty = { typed: '', literal: false };

/** A new task in one line. When it was understood to be due is shown before it is made. */
export function QuickAdd() {
  const { user } = useSession();
  const [line, setLine] = useState(empty);
  const narrow = useNarrow();
  const task = understand(line.typed, line.literal);

  const latest = useRef({ typed: '', here: false });
  useEffect(() => {
    latest.current = { typed: line.typed, here: true };
    return () => {
      latest.current.here = false;
    };
  }, [line]);

  function add(event: FormEvent) {
    event.preventDefault();
    if (!task) return;
    // At once: what is typed while it is sent is the next one.
    setLine(empty);
    void make(line, task);
  }

  async function make(from: typeof empty, made: QuickTask) {
    const assignee = { id: user.id, name: user.name };
    try {
      const { title, due_on, due_at, recurrence } = made;
      const due = due_at ? { due_at } : { due_on };
      await createRecord(
        'task',
        { title, ...due, ...(recurrence && { recurrence }), assignee_id: user.id },
        t('Task created'),
        { assignee },
      );
    } catch (error) {
      const back = latest.current.here && latest.current.typed === '';
      if (back) setLine(from);
      // Where there is no room for it, it must not be lost: what is typed there is another one.
      const again = { label: t('Try again'), run: () => void make(from, made) };
      toast(messageOf(error), { kind: 'error', description: from.typed, action: back ? undefined : again });
    }
  }

  return (
    <form onSubmit={add} className="mb-5 px-2">
      <div className="flex items-center gap-2">
        <input
          className="control min-w-0 flex-1"
          name="title"
          aria-label={t('New task for your day')}
          placeholder={narrow ? t('Call Anna tomorrow') : t('Add a task, such as: Call Anna tomorrow')}
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
          {t('Due {day}', { day: dueShown(task) })}
          {task.recurrence && <span>{recurrenceText(task.recurrence, dueDay(task))}</span>}
          {task.words && (
            <Button size="small" emphasis="quiet" onClick={() => setLine({ ...line, literal: true })}>
              {t('Keep “{word}” in the title', { word: task.words })}
            </Button>
          )}
        </p>
      )}
    </form>
  );
}
