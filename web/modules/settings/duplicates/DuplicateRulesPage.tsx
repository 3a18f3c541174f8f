import { wordsOf } from '../../../platform/record/recordTypes.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { t } from '../../../text/text.ts';
import { RuleSetSection } from './RuleSetSection.tsx';
import { useRuleSets } from './rules.ts';

/** What counts as the same record in this workspace. */
export default function DuplicateRulesPage() {
  const query = useRuleSets();
  return (
    <>
      <header className="mb-6 max-w-prose">
        <h2 className="text-16">{t('Duplicates')}</h2>
        <p className="mt-0.5 text-13 text-muted">
          {t(
            'Two records may be the same when all conditions of a rule are met. The warning on a new record, the list of duplicates and imports use these rules.',
          )}
        </p>
      </header>
      <Loaded query={query}>
        {(sets) =>
          sets.map((set) => <RuleSetSection key={set.resource} title={wordsOf(set.resource).Types} set={set} />)
        }
      </Loaded>
    </>
  );
}
