import { Plus } from 'lucide-react';
import { useState } from 'react';
import { api, changing } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { ApiError } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { useUnsaved } from '../../../platform/record/useUnsaved.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { toast } from '../../../ui/toast.ts';
import { useDebounced } from '../../../ui/useDebounced.ts';
import { RuleCard } from './RuleCard.tsx';
import { type Rule, type RuleSet, rulesKey, usePairCount } from './rules.ts';

const rules_max = 10;
const counted_pairs_max = 10_000;
const quiet_ms = 600;

/** The rules for one kind of record, and how many pairs they find now. */
export function RuleSetSection({ title, set }: { title: string; set: RuleSet }) {
  const may = useMay();
  const mayEdit = may('custom_field', 'update');
  const [draft, setDraft] = useState<readonly Rule[] | null>(null);
  const { version, noteConflict, reopen } = useOpenedVersion(set.version);
  const [busy, setBusy] = useState(false);
  const rules = draft ?? set.rules;
  const counted = JSON.parse(useDebounced(JSON.stringify(rules), quiet_ms)) as Rule[];
  const { pairs, counting, error } = usePairCount(set.resource, counted, mayEdit && may('job', 'read'));
  const question = useUnsaved(draft !== null && JSON.stringify(draft) !== JSON.stringify(set.rules));
  const place = `/duplicate-rules/${set.resource}`;

  function change(next: readonly Rule[]) {
    if (draft === null) reopen(set.version);
    setDraft(next);
  }

  async function save(work: () => Promise<unknown>, said: string) {
    setBusy(true);
    const done = await attempt(async () => {
      await work().catch((failure: unknown) => {
        noteConflict(failure);
        // What somebody else saved is what one goes back to by Discard.
        void queryClient.invalidateQueries({ queryKey: rulesKey });
        throw failure;
      });
      await queryClient.invalidateQueries({ queryKey: rulesKey });
      toast(said, { description: t('The search for duplicates starts again.') });
    });
    if (done) setDraft(null);
    setBusy(false);
  }

  return (
    <SettingsSection
      title={title}
      action={
        mayEdit && (
          <span className="flex flex-wrap gap-2">
            {!set.standard && draft === null && (
              <Button busy={busy} onClick={() => void save(() => api.delete(place), t('Standard rules restored'))}>
                {t('Use the standard rules')}
              </Button>
            )}
            {draft && <Button onClick={() => setDraft(null)}>{t('Discard')}</Button>}
            <Button
              emphasis="primary"
              busy={busy}
              disabled={draft === null || error !== null}
              onClick={() => void save(() => changing.put(place, { rules }, version), t('The rules are saved'))}
            >
              {t('Save')}
            </Button>
          </span>
        )
      }
    >
      <ul className="grid gap-3">
        {rules.map((rule, at) => (
          <RuleCard
            // biome-ignore lint/suspicious/noArrayIndexKey: rules have no other identity
            key={at}
            resource={set.resource}
            rule={rule}
            number={at + 1}
            fields={set.fields}
            disabled={!mayEdit}
            messages={messagesFor(error, at)}
            onChange={(next) => change(rules.map((each, index) => (index === at ? next : each)))}
            onRemove={() => change(rules.filter((_, index) => index !== at))}
          />
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap items-center justify-between gap-3 text-13">
        {mayEdit && rules.length < rules_max ? (
          <Button
            icon={<Plus size={14} />}
            onClick={() =>
              change([
                ...rules,
                { when: [{ field: set.fields[0]!.name, compare: 'same' }], suspects: true, imports: false },
              ])
            }
          >
            {t('Add rule')}
          </Button>
        ) : (
          <span />
        )}
        <p role="status" className="text-muted tabular-nums">
          {found({ pairs, counting, error }, rules.length)}
        </p>
      </div>
      {question}
    </SettingsSection>
  );
}

function found({ pairs, counting, error }: ReturnType<typeof usePairCount>, rules: number): string | null {
  if (rules === 0) return t('Without a rule nothing counts as a duplicate.');
  if (error) return null;
  if (pairs === undefined) return counting ? t('Counting the pairs') : null;
  if (pairs >= counted_pairs_max) return t('Finds more than {count, number} pairs now', { count: counted_pairs_max });
  return t('{count, plural, =0 {Finds no pairs now} one {Finds # pair now} other {Finds # pairs now}}', {
    count: pairs,
  });
}

/** What the server says of one of the rules. */
const messagesFor = (error: unknown, at: number): string[] =>
  error instanceof ApiError
    ? error.problem.errors
        .filter(({ field }) => field.startsWith(`rules.${at}.`))
        .map(({ message }) => `${translateServerText(message)}.`)
    : [];
