import { Link } from '@tanstack/react-router';
import { PageBar } from '../../../platform/page/PageBar.tsx';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import { QueryError } from '../../../platform/query/QueryError.tsx';
import { t } from '../../../text/text.ts';
import { buttonClass } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { Section } from '../figures/Section.tsx';
import { BreakList } from './BreakList.tsx';
import { useAllBreaks } from './breaks.ts';

/** The open breaks of all accounts, and below them those that somebody accepted. */
export default function BreaksPage() {
  usePageTitle(t('Reconciliation'));
  const breaks = useAllBreaks();
  const more = breaks.data ? breaks.data.open - breaks.data.data.length : 0;
  return (
    <>
      <PageBar
        title={<h1 className="truncate">{t('Reconciliation')}</h1>}
        actions={
          <Link to="/custodian-files" className={buttonClass('secondary', 'small')}>
            {t('Import a custodian file')}
          </Link>
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="@container mx-auto flex max-w-4xl flex-col gap-4 p-4 md:p-6">
          {breaks.isPending && <SkeletonRows label={t('Comparing with the custodian')} />}
          {breaks.isError && <QueryError title={t('The breaks could not be loaded')} query={breaks} />}
          {breaks.data?.data.length === 0 && (
            <EmptyState title={t('No open breaks')}>
              {t('What custodians say and what transactions give agree, or somebody accepted the difference.')}
            </EmptyState>
          )}
          {breaks.data && breaks.data.data.length > 0 && <BreakList breaks={breaks.data.data} withAccount />}
          {more > 0 && (
            <p className="text-12 text-muted">
              {t('and {count, plural, one {# more break} other {# more breaks}}', { count: more })}
            </p>
          )}
          {breaks.data && breaks.data.accepted.length > 0 && (
            <Section title={t('Accepted differences')}>
              <BreakList breaks={breaks.data.accepted} withAccount />
            </Section>
          )}
        </div>
      </div>
    </>
  );
}
