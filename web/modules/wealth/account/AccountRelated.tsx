import { Pencil } from 'lucide-react';
import { Suspense, useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import { pathOf } from '../../../platform/query/resources.ts';
import { definitionOf } from '../../../platform/record/definitions.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { MoreRows, RelatedLink, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { RelatedParts } from '../../../platform/record/RelatedParts.tsx';
import { RelatedRecords } from '../../../platform/record/RelatedRecords.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { OpenTasks } from '../../directory/task/OpenTasks.tsx';
import { SealedValue } from '../contact/SealedValue.tsx';
import { endText, isOver } from '../period.ts';
import { OpenBreaks } from '../reconciliation/OpenBreaks.tsx';
import { ownerRoleText } from './options.ts';
import { type AccountOwner, ownerName, shareText, shortOfWhole } from './owners.ts';

const OwnersDialog = lazyPart(() => import('./OwnersDialog.tsx'));
const NumberDialog = lazyPart(() => import('./NumberDialog.tsx'));

/** Its number, whose an account is and who gets it next, and what it is connected to. */
export default function AccountRelated({ record }: { record: AnyRecord }) {
  const definition = definitionOf('financial_account');
  return (
    <div className="flex flex-col gap-6">
      <AccountNumber account={record} />
      <OpenBreaks account_id={record.id} />
      <Owners account={record} />
      <OpenTasks of="financial_account" record={record} />
      <RelatedParts definition={definition} record={record} />
      <RelatedRecords definition={definition} record={record} without={['account_transaction']} />
    </div>
  );
}

function AccountNumber({ account }: { account: AnyRecord }) {
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const mask = account.account_number as string | null;
  const label = t('Account number');
  return (
    <section aria-label={label}>
      <div className="mb-1 flex h-7 items-center gap-1.5">
        <h2 className="flex-1 text-13">{label}</h2>
        {may('financial_account', 'update') && !account.deleted_at && (
          <IconButton
            size="small"
            label={mask === null ? t('Add the account number') : t('Change the account number')}
            onClick={() => setEditing(true)}
          >
            <Pencil size={12} />
          </IconButton>
        )}
      </div>
      <div className="text-13">
        <SealedValue path={`/financial-accounts/${account.id}`} field="account_number" mask={mask} label={label} />
      </div>
      <Suspense>{editing && <NumberDialog account={account} onClose={() => setEditing(false)} />}</Suspense>
    </section>
  );
}

function Owners({ account }: { account: AnyRecord }) {
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const found = useRecords<AccountOwner>('account_owner', {
    filter: { field: 'account_id', op: 'eq', value: account.id },
    sort: 'created_at',
    limit: 50,
  });
  const editable = may('financial_account', 'update') && !account.deleted_at && found.isSuccess;
  const now = found.rows.filter((owner) => !isOver(owner));
  const former = found.rows.filter(isOver);
  const line = (owner: AccountOwner) => {
    const of = owner.contact ?? owner.legal_entity;
    const detail = [ownerRoleText(owner.role), shareText(owner), endText(owner)].filter(Boolean).join(' · ');
    return of ? (
      <RelatedLink
        key={owner.id}
        to={`${pathOf(owner.contact ? 'contact' : 'legal_entity')}/${of.id}`}
        name={of.name}
        square={!owner.contact}
        detail={detail}
      />
    ) : (
      <li key={owner.id} className="px-2 py-1 text-13 text-muted">
        {ownerName(owner)}
        <span className="block text-12">{detail}</span>
      </li>
    );
  };
  return (
    <>
      <RelatedList title={t('Owners and beneficiaries')} list={found} none={t('No owners yet')}>
        {now.map(line)}
        {former.map(line)}
        {found.hasNextPage && <MoreRows list={found} />}
      </RelatedList>
      {found.isSuccess && !found.hasNextPage && <Shortfall owners={now} />}
      {editable && (
        <Button size="small" className="-mt-4 self-start print:hidden" onClick={() => setEditing(true)}>
          {now.length === 0 ? t('Add owners') : t('Change owners and shares')}
        </Button>
      )}
      <Suspense>
        {editing && <OwnersDialog account={account} owners={now} onClose={() => setEditing(false)} />}
      </Suspense>
    </>
  );
}

/** Where an owner was deleted for good, the others have less than the whole, until somebody says whose that part is. */
function Shortfall({ owners }: { owners: readonly AccountOwner[] }) {
  const short = shortOfWhole(owners);
  if (short.length === 0) return null;
  return (
    <Banner meaning="attention">
      {short.map(({ role, share }) => (
        <p key={role}>
          {t('{role}: the shares add up to {share} because an owner was deleted.', {
            role: ownerRoleText(role),
            share,
          })}
        </p>
      ))}
    </Banner>
  );
}
