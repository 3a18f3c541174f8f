import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AdviserHome } from '../../../../src/modules/wealth/adviser-home/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import { NotRead, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { formatDay, formatNumber } from '../../../ui/format.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { documentTypeText } from '../document/words.ts';
import { tierText } from '../household/words.ts';
import { breakFigure } from '../reconciliation/breaks.ts';

/** What waits for an adviser, of the households that they see. */
export default function AdviserDay() {
  const home = useQuery({
    queryKey: ['adviser_home'],
    queryFn: ({ signal }) => api.get<AdviserHome>('/adviser-home', {}, signal),
  });
  if (home.isLoadingError) return <NotRead />;
  if (!home.data) return <SkeletonRows label={t('Loading')} count={6} />;
  const { reviews, identity_checks, birthdays, breaks, documents, tiers } = home.data;
  const parts = [reviews, identity_checks, birthdays, breaks, documents];
  if (tiers.length === 0 && parts.every((part) => !part || part.total === 0)) return <Tiers tiers={tiers} />;
  return (
    <div className="flex flex-col gap-6">
      <Tiers tiers={tiers} />
      <div className="grid grid-cols-1 items-start gap-x-8 gap-y-6 md:grid-cols-2">
        <Reviews of={reviews} today={home.data.today} />
        {identity_checks && <Checks of={identity_checks} today={home.data.today} />}
        <Birthdays of={birthdays} today={home.data.today} />
        <Breaks of={breaks} />
        <Documents of={documents} />
      </div>
    </div>
  );
}

function Tiers({ tiers }: { tiers: AdviserHome['tiers'] }) {
  if (tiers.length === 0)
    return (
      <p className="text-13 text-muted">
        {t('You don’t advise any households yet.')}{' '}
        <Link to={pathOf('household') as string} className="underline">
          {t('All households')}
        </Link>
      </p>
    );
  return (
    <nav aria-label={t('Households by service tier')}>
      <h2 className="mb-2 text-14">{t('Households by service tier')}</h2>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-5">
        {tiers.map(({ tier, households }) => (
          <ListLink
            key={tier ?? 'none'}
            of="household"
            filter={{
              and: [
                { field: 'status', op: 'eq', value: 'active' },
                tier ? { field: 'tier', op: 'eq', value: tier } : { field: 'tier', op: 'is_empty' },
              ],
            }}
            className="rounded-lg border border-line px-3 py-2 hover:bg-hover"
          >
            <span className="block text-12 text-muted">{tier ? tierText(tier) : t('Without a tier')}</span>
            <span className="block text-20 font-semibold tabular-nums">{formatNumber(households)}</span>
          </ListLink>
        ))}
      </div>
    </nav>
  );
}

interface PartProps {
  title: string;
  total: number;
  /** How many of them are late. */
  overdue?: number;
  none: string;
  all: ReactNode;
  children: ReactNode;
}

function Part({ title, total, overdue = 0, none, all, children }: PartProps) {
  return (
    <div className="min-w-0">
      <RelatedList large title={title} list={{ total, isPending: false, isError: false }} none={none}>
        {children}
      </RelatedList>
      <p className="mt-1 flex flex-wrap items-center gap-2 text-12 text-muted">
        {overdue > 0 && <Badge meaning="attention">{t('{count, number} overdue', { count: overdue })}</Badge>}
        {all}
      </p>
    </div>
  );
}

function Reviews({ of: { total, overdue, data }, today }: { of: AdviserHome['reviews']; today: string }) {
  return (
    <Part
      title={t('Reviews due')}
      total={total}
      overdue={overdue}
      none={t('No reviews due in the next 30 days.')}
      all={<ListLink of="household" view="due">{t('All reviews due')}</ListLink>}
    >
      {data.map(({ household, tier, due_on }) => (
        <RelatedLink
          key={household.id}
          to={`${pathOf('household')}/${household.id}`}
          name={household.name}
          square
          detail={tier && tierText(tier)}
          end={<Due on={due_on} today={today} />}
        />
      ))}
    </Part>
  ); // biome-ignore format: one line of facts
}

function Checks({
  of: { total, overdue, data },
  today,
}: {
  of: NonNullable<AdviserHome['identity_checks']>;
  today: string;
}) {
  return (
    <Part
      title={t('Identity checks due')}
      total={total}
      overdue={overdue}
      none={t('No identity checks due in the next 60 days.')}
      all={
        <ListLink
          of="contact"
          filter={{ any: 'client-profiles', where: { field: 'kyc_due_on', op: 'lte', value: today } }}
        >
          {t('Checks due by today')}
        </ListLink>
      }
    >
      {data.map(({ contact, household, due_on }) => (
        <RelatedLink
          key={contact.id}
          to={`${pathOf('contact')}/${contact.id}`}
          name={contact.name}
          detail={household?.name}
          end={
            due_on === null ? (
              <Badge meaning="attention">{t('Never checked')}</Badge>
            ) : (
              <Due on={due_on} today={today} />
            )
          }
        />
      ))}
    </Part>
  );
}

function Birthdays({ of: { total, data, not_looked_at }, today }: { of: AdviserHome['birthdays']; today: string }) {
  return (
    <Part
      title={t('Birthdays')}
      total={total}
      none={t('No birthdays in the next two weeks.')}
      all={
        <>
          <ListLink of="contact">{t('All contacts')}</ListLink>
          {not_looked_at > 0 && (
            <span>
              {t(
                '{count, plural, one {# sealed date of birth was} other {# sealed dates of birth were}} not looked at.',
                { count: not_looked_at },
              )}
            </span>
          )}
        </>
      }
    >
      {data.map(({ contact, household, on, turns }) => (
        <RelatedLink
          key={contact.id}
          to={`${pathOf('contact')}/${contact.id}`}
          name={contact.name}
          detail={[household.name, turns !== null && t('turns {age, number}', { age: turns })]
            .filter(Boolean)
            .join(' · ')}
          end={<span className="text-12 text-muted">{on === today ? t('Today') : formatDay(on)}</span>}
        />
      ))}
    </Part>
  );
}

function Breaks({ of: { total, data } }: { of: AdviserHome['breaks'] }) {
  return (
    <Part
      title={t('Open breaks')}
      total={total}
      none={t('Custodians and transactions agree.')}
      all={
        <Link to="/account-breaks" className="rounded-sm hover:text-ink">
          {t('All breaks')}
        </Link>
      }
    >
      {data.map(({ account, household, security, currency, difference }) => (
        <RelatedLink
          key={`${account.id} ${security?.id ?? currency}`}
          to={`${pathOf('financial_account')}/${account.id}`}
          name={security?.name ?? t('Cash in {currency}', { currency: currency ?? '' })}
          square
          detail={[household.name, account.name].join(' · ')}
          end={<span className="text-12 tabular-nums">{breakFigure(difference, currency)}</span>}
        />
      ))}
    </Part>
  );
}

function Documents({ of: { total, data } }: { of: AdviserHome['documents'] }) {
  return (
    <Part
      title={t('New documents')}
      total={total}
      none={t('No new documents in the last two weeks.')}
      all={
        <Link to="/custodian-files" className="rounded-sm hover:text-ink">
          {t('Import a custodian file')}
        </Link>
      }
    >
      {data.map(({ id, name, type, household, at }) => (
        <RelatedLink
          key={id}
          to={`${pathOf('household')}/${household.id}`}
          name={name}
          square
          detail={[household.name, documentTypeText(type)].join(' · ')}
          end={<DateText value={at} className="text-12 text-muted" />}
        />
      ))}
    </Part>
  );
}

function Due({ on, today }: { on: string; today: string }) {
  return <DateText value={on} exact className={on < today ? 'text-12 text-bad-ink' : 'text-12 text-muted'} />;
}

interface ListLinkProps {
  of: string;
  view?: string;
  filter?: object;
  className?: string;
  children: ReactNode;
}

/** The way to a list, narrowed. */
function ListLink({ of, view, filter, className = 'rounded-sm hover:text-ink', children }: ListLinkProps) {
  const to: string = pathOf(of);
  return (
    <Link to={to} search={{ view, filter } as object} className={className}>
      {children}
    </Link>
  );
}
