import { useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import { MoreRows, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { endText, holdingFirst } from '../period.ts';
import { ownerRoleText } from './options.ts';
import { type AccountOwner, shareText } from './owners.ts';

/** The accounts that somebody owns or gets next, as far as the reader advises their households. */
export function AccountsOfOwner({ of, id }: { of: 'contact' | 'legal_entity'; id: string }) {
  const found = useRecords<AccountOwner>('account_owner', {
    filter: { field: `${of}_id`, op: 'eq', value: id },
    sort: 'created_at',
    limit: 20,
  });
  return (
    <RelatedList title={t('Accounts')} list={found}>
      {holdingFirst(found.rows).flatMap((owner) =>
        owner.account ? (
          <RelatedLink
            key={owner.id}
            to={`${pathOf('financial_account')}/${owner.account.id}`}
            name={owner.account.name}
            square
            detail={[ownerRoleText(owner.role), shareText(owner), endText(owner)].filter(Boolean).join(' · ')}
          />
        ) : (
          []
        ),
      )}
      {found.hasNextPage && <MoreRows list={found} />}
    </RelatedList>
  );
}
