import { useQuery } from '@tanstack/react-query';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { clientProfile } from '../../../../src/modules/wealth/client-profile/contract.ts';
import { api, type Page } from '../../../platform/query/api.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { formatDate, today } from '../../../ui/format.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { riskClassText } from '../contact/profileWords.ts';
import { Section } from '../figures/Section.tsx';
import { RecordLink } from '../RecordLink.tsx';

type Profile = RowOf<typeof clientProfile>;

/** Who of a household was identified when, and when again. It is changed in the profile of each client. */
export function IdentityChecks({ household }: { household: AnyRecord }) {
  const filter = {
    any: 'contact',
    where: { any: 'household-members', where: { field: 'household_id', op: 'eq', value: household.id } },
  };
  const found = useQuery({
    queryKey: ['client_profile', 'of household', household.id],
    queryFn: ({ signal }) =>
      api.get<Page<Profile>>(
        '/client-profiles',
        { filter: JSON.stringify(filter), sort: 'kyc_due_on', limit: 50 },
        signal,
      ),
  });
  return (
    <Section title={t('Identity checks')}>
      {found.isPending && <SkeletonRows label={t('Loading')} count={2} />}
      {found.isLoadingError && <NotRead />}
      {found.data?.data.length === 0 && (
        <p className="text-13 text-muted">{t('No client profiles yet. Add one on each person’s page.')}</p>
      )}
      <ul className="flex flex-col divide-y divide-line">
        {found.data?.data.map((profile) => (
          <li key={profile.id} className="flex flex-wrap items-center gap-x-3 py-2 text-13">
            <span className="min-w-0 flex-1">
              <RecordLink of="contact" id={profile.contact_id}>
                <bdi>{profile.contact?.name ?? t('Not visible to you')}</bdi>
              </RecordLink>
              <span className="block text-12 text-muted">
                {t('Risk: {risk}', { risk: riskClassText(profile.risk_class) })}
                {profile.kyc_checked_on && ` · ${t('checked on {date}', { date: formatDate(profile.kyc_checked_on) })}`}
              </span>
            </span>
            <Due profile={profile} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Due({ profile: { kyc_due_on, died_on } }: { profile: Profile }) {
  if (died_on) return null;
  if (!kyc_due_on) return <Badge meaning="attention">{t('Never checked')}</Badge>;
  if (kyc_due_on < today()) return <Badge meaning="bad">{t('Overdue')}</Badge>;
  return <span className="text-12 text-muted">{t('Due on {date}', { date: formatDate(kyc_due_on) })}</span>;
}
