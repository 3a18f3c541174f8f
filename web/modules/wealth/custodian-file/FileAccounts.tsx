import { useState } from 'react';
import { FormField } from '../../../platform/record/FormField.tsx';
import type { FieldDef, Named } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Section } from '../figures/Section.tsx';
import { RecordLink } from '../RecordLink.tsx';
import { type AccountDecision, type Decisions, decide, type FileAccount } from './report.ts';

interface FileAccountsProps {
  accounts: readonly FileAccount[];
  /** The file was imported: what became of it is not decided again. */
  done: boolean;
  decided: NonNullable<Decisions['accounts']>;
  onDecided: (decided: NonNullable<Decisions['accounts']>) => void;
}

/** The accounts of a file: which of ours each is, or that somebody has to say so. */
export function FileAccounts({ accounts, done, decided, onDecided }: FileAccountsProps) {
  return (
    <Section title={t('Accounts')}>
      <ul className="flex flex-col divide-y divide-line rounded-lg border border-line">
        {accounts.map((account) => (
          <li key={account.key} className="flex flex-col gap-3 p-3">
            <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <span className="text-13 font-medium tabular-nums">
                {account.number ?? t('The file names no account')}
              </span>
              <span className="flex-1 text-12 text-muted">
                {[
                  account.currency,
                  t('{count, plural, one {# transaction} other {# transactions}}', { count: account.transactions }),
                  account.positions > 0 &&
                    t('{count, plural, one {# position} other {# positions}}', { count: account.positions }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              <Standing account={account} />
              {!done && account.outcome !== 'waiting' && decided.some(({ key }) => key === account.key) && (
                <Button size="small" onClick={() => onDecided(decide(decided, account.key, null))}>
                  {t('Change')}
                </Button>
              )}
            </div>
            {account.outcome === 'waiting' && (
              <Choice account={account} onChoice={(choice) => onDecided(decide(decided, account.key, choice))} />
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Standing({ account: { outcome, account, candidates } }: { account: FileAccount }) {
  if (account)
    return (
      <span className="text-13">
        <RecordLink of="financial_account" id={account.id}>
          <bdi>{account.name}</bdi>
        </RecordLink>
        <span className="text-muted"> · {account.household}</span>
      </span>
    );
  if (outcome === 'created') return <Badge meaning="info">{t('New account')}</Badge>;
  if (outcome === 'skipped') return <Badge>{t('Left out')}</Badge>;
  return (
    <Badge meaning="attention">
      {candidates > 1 ? t('{count} accounts have this number', { count: candidates }) : t('Not known')}
    </Badge>
  );
}

function Choice({ account, onChoice }: { account: FileAccount; onChoice: (choice: AccountDecision) => void }) {
  const [isNew, setNew] = useState(false);
  const [household, setHousehold] = useState<Named | null>(null);
  const [name, setName] = useState(account.institution ?? '');
  return (
    <div className="grid items-end gap-3 @lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
      {isNew ? (
        <>
          <FormField
            field={householdField}
            value={household}
            onChange={(found) => setHousehold(found as Named | null)}
          />
          <FormField field={nameField} value={name} onChange={(typed) => setName(String(typed ?? ''))} />
        </>
      ) : (
        <FormField
          field={accountField}
          value={null}
          onChange={(found) => found && onChoice({ account_id: (found as Named).id })}
          className="@lg:col-span-2"
        />
      )}
      <div className="flex flex-wrap gap-2">
        {isNew ? (
          <>
            <Button
              emphasis="primary"
              disabled={!household || name.trim() === ''}
              onClick={() => household && onChoice({ create: { household_id: household.id, name: name.trim() } })}
            >
              {t('Create')}
            </Button>
            <Button onClick={() => setNew(false)}>{t('Cancel')}</Button>
          </>
        ) : (
          <>
            <Button onClick={() => setNew(true)}>{t('New account')}</Button>
            <Button onClick={() => onChoice({ skip: true })}>{t('Leave out')}</Button>
          </>
        )}
      </div>
    </div>
  );
}

const accountField: FieldDef = {
  key: 'account_id',
  label: t('Which account is it?'),
  kind: 'reference',
  of: 'financial_account',
  expand: 'account',
};
const householdField: FieldDef = {
  key: 'household_id',
  label: t('Household'),
  kind: 'reference',
  of: 'household',
  expand: 'household',
};
const nameField: FieldDef = { key: 'name', label: t('Name'), kind: 'text' };
