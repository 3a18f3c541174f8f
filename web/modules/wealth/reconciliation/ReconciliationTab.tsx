import { Link } from '@tanstack/react-router';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { buttonClass } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatDate } from '../../../ui/format.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { Section } from '../figures/Section.tsx';
import { BreakList } from './BreakList.tsx';
import { useBreaks } from './breaks.ts';

/** What the custodian says that an account holds, against what its transactions give. */
export default function ReconciliationTab({ record }: { record: AnyRecord }) {
  const breaks = useBreaks(record.id);
  const found = breaks.data;
  const open = (found?.data ?? []).filter((one) => !one.accepted);
  const accepted = (found?.data ?? []).filter((one) => one.accepted);
  return (
    <div className="@container mx-auto flex max-w-4xl flex-col gap-4 p-4">
      <div className="flex flex-wrap justify-end gap-2">
        <Link to="/account-breaks" className={buttonClass('secondary', 'small')}>
          {t('Breaks of all accounts')}
        </Link>
        <Link to="/custodian-files" className={buttonClass('secondary', 'small')}>
          {t('Import a custodian file')}
        </Link>
      </div>
      {breaks.isPending && <SkeletonRows label={t('Comparing with the custodian')} />}
      {breaks.isError && <NotRead />}
      {found && found.day === null && (
        <EmptyState compact title={t('Nothing to compare yet')}>
          {t('There are breaks once the account has transactions, and positions that its custodian reported.')}
        </EmptyState>
      )}
      {found?.day && (
        <Section title={t('Compared with the custodian')}>
          <div className="flex flex-col gap-3">
            <Banner meaning={found.open > 0 ? 'attention' : 'good'}>
              {t(
                '{open, plural, =0 {No open breaks} one {# open break} other {# open breaks}} among {compared, plural, one {# holding} other {# holdings}} on {day}.',
                { open: found.open, compared: found.compared, day: formatDate(found.day) },
              )}
            </Banner>
            {open.length > 0 && <BreakList breaks={open} />}
          </div>
        </Section>
      )}
      {accepted.length > 0 && (
        <Section title={t('Accepted differences')}>
          <BreakList breaks={accepted} />
        </Section>
      )}
    </div>
  );
}
