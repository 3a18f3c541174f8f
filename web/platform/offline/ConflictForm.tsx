import { type ReactNode, useState } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Choice } from '../merge/Choice.tsx';
import { attempt } from '../query/attempt.ts';
import { fieldWords } from '../record/fieldWords.ts';
import { conflictsOf, fieldsOf, wireValue, without } from './conflict.ts';
import { shownValue } from './names.ts';
import { sendWaiting } from './send.ts';
import { dropWaiting, type Fields, type PendingMutation, setWaiting } from './waiting.ts';

/** Field by field: what one wrote here, and what somebody else has written meanwhile. */
export function ConflictForm({ entry, current, drop }: { entry: PendingMutation; current: Fields; drop: ReactNode }) {
  const { body, resource } = entry;
  const names = conflictsOf(entry, current);
  const [choice, setChoice] = useState<Record<string, string>>({});
  const mine = Object.fromEntries(fieldsOf(body ?? {}));
  const decide = async () => {
    const left = without(
      body ?? {},
      names.filter((name) => choice[name] === 'theirs'),
    );
    if (Object.keys(left).length === 0) await dropWaiting(entry);
    // Another request than the one that was refused, so with a key of its own.
    else {
      await setWaiting(entry.id, {
        id: crypto.randomUUID(),
        body: left,
        record: current,
        current: undefined,
        state: 'waiting',
      });
    }
    await sendWaiting();
  };
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">
        {t('Somebody changed the same field while you were offline. Choose which value to keep.')}
      </p>
      {names.map((name) => {
        const label = fieldWords(resource, name);
        const sides = [
          { id: 'mine', label: t('Yours'), value: shownValue(resource, name, mine[name], entry.optimistic) },
          { id: 'theirs', label: t('Theirs'), value: shownValue(resource, name, wireValue(current, name), current) },
        ];
        return (
          <Choice
            key={name}
            name={`${entry.id}.${name}`}
            legend={label}
            value={choice[name] ?? 'mine'}
            onChange={(side) => setChoice((kept) => ({ ...kept, [name]: side }))}
            options={sides.map(({ value, ...side }) => ({
              id: side.id,
              label: `${label}, ${side.label}: ${value}`,
              shown: (
                <>
                  <span className="block text-12 text-muted">{side.label}</span>
                  <bdi className="wrap-anywhere">{value || t('(empty)')}</bdi>
                </>
              ),
            }))}
          />
        );
      })}
      <div className="flex gap-2">
        <Button size="small" emphasis="primary" onClick={() => void attempt(decide)}>
          {t('Decide')}
        </Button>
        {drop}
      </div>
    </div>
  );
}
