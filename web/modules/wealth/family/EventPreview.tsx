import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { type Answer, accessText, adviserText, decisionText, memberText, relatedText } from './words.ts';

/** What an event of a family changes, before it is done. */
export function EventPreview({ of }: { of: Answer }) {
  const { died, new_household, ended_household, members, relationships, moved, advisers, access, decisions } = of;
  const households = [
    ...(new_household ? [t('{name} is a new household', { name: new_household.name })] : []),
    ...(ended_household ? [t('{name} becomes a former household', { name: ended_household.name })] : []),
    ...(died ? [t('The date of death of {name} is noted', { name: died.name })] : []),
    ...members.map(memberText),
  ];
  return (
    <div className="flex flex-col gap-4">
      {decisions.length > 0 && (
        <Banner meaning="attention">
          <h3 className="text-13 font-medium">{t('For you to decide')}</h3>
          <ul className="list-disc ps-4">
            {decisions.map((decision) => (
              <li key={`${decision.code} ${decision.about.id}`}>{decisionText(decision)}</li>
            ))}
          </ul>
        </Banner>
      )}
      <Lines title={t('Members')} lines={households} />
      <Lines title={t('Relationships')} lines={relationships.map(relatedText)} />
      <Lines
        title={t('Accounts and entities')}
        lines={moved.map(({ name, household }) =>
          t('{name} moves to {household}', { name, household: household.name }),
        )}
      />
      <Lines title={t('Advisers')} lines={advisers.map(adviserText)} />
      <Lines
        title={t('Who sees what: before → after')}
        lines={access.map(accessText)}
        none={t('Nobody sees more or less than before.')}
      />
    </div>
  );
}

function Lines({ title, lines, none }: { title: string; lines: readonly string[]; none?: string }) {
  if (lines.length === 0 && !none) return null;
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-13 font-medium">{title}</h3>
      {lines.length === 0 && <p className="text-13 text-muted">{none}</p>}
      <ul className="flex flex-col gap-1 text-13 wrap-anywhere">
        {lines.map((line) => (
          <li key={line} className="border-s-2 border-line-strong ps-2">
            {line}
          </li>
        ))}
      </ul>
    </section>
  );
}
