import { useMutation } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import type { AnyRecord, FieldDef, Named } from '../../../platform/record/field.ts';
import { toWire } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { today } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { hasSurvivorship, ownerRoleOptions, ownerRoleText } from './options.ts';
import { type AccountOwner, addShares } from './owners.ts';

interface Line {
  key: string;
  role: string;
  person: Named | null;
  entity: Named | null;
  numerator: unknown;
  denominator: unknown;
}

interface OwnersDialogProps {
  account: AnyRecord;
  owners: readonly AccountOwner[];
  onClose: () => void;
}

const newLine = (role: string, share: number | null = null): Line => ({
  key: crypto.randomUUID(),
  role,
  person: null,
  entity: null,
  numerator: share,
  denominator: share,
});

/** Whose an account is and who gets it next, all together: only together do their shares add up. */
export default function OwnersDialog({ account, owners, onClose }: OwnersDialogProps) {
  const form = useId();
  const [lines, setLines] = useState<readonly Line[]>(() =>
    owners.length === 0 ? [newLine('owner', 1)] : owners.map(lineOf),
  );
  const [from, setFrom] = useState<unknown>(() => today());
  const [touched, setTouched] = useState(false);
  const { leave, question } = useLeaving(touched, onClose);
  const survives = hasSurvivorship(account.registration);
  const hasShare = ({ role }: Line) => !(survives && role === 'owner');
  const change = (next: readonly Line[]) => {
    setLines(next);
    setTouched(true);
  };
  const set = (line: Line, values: Partial<Line>) =>
    change(lines.map((other) => (other === line ? { ...line, ...values } : other)));
  const roles = [...new Set(lines.map(({ role }) => role))];
  const split = (role: string) => {
    const count = lines.filter((line) => line.role === role).length;
    change(lines.map((line) => (line.role === role ? { ...line, numerator: 1, denominator: count } : line)));
  };
  const save = useMutation({
    mutationFn: () =>
      changing.put(`/financial-accounts/${account.id}/owners`, {
        from_on: toWire(fromField, from),
        data: lines.map((line) => ({
          contact_id: line.person?.id ?? null,
          legal_entity_id: line.entity?.id ?? null,
          role: line.role,
          share_numerator: hasShare(line) ? toWire(numeratorField, line.numerator) : null,
          share_denominator: hasShare(line) ? toWire(denominatorField, line.denominator) : null,
        })),
      }),
    onSuccess: ({ change: made }) => {
      void queryClient.invalidateQueries({ queryKey: ['account_owner'] });
      offerUndo(t('Owners saved'), made, String(account.name ?? ''));
      onClose();
    },
  });
  return (
    <Dialog
      open
      size="large"
      title={t('Owners and beneficiaries')}
      description={
        survives
          ? t(
              'Owners hold the account jointly with right of survivorship, without shares. Beneficiary shares add up to the whole within each rank.',
            )
          : t(
              'Shares are exact fractions that add up to the whole: those of the owners, and those of the beneficiaries of each rank.',
            )
      }
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error}
        fields={['from_on', ...lines.flatMap((_, index) => lineFields.map(({ key }) => inLine(index, key)))]}
        onSubmit={() => save.mutate()}
        className="flex flex-col gap-4 pt-1"
      >
        <ul className="flex flex-col gap-4">
          {lines.map((line, index) => (
            <li
              key={line.key}
              className="grid grid-cols-2 items-start gap-x-3 gap-y-3 border-b border-line pb-4 sm:grid-cols-[minmax(0,11rem)_minmax(0,1fr)_4.5rem_7rem_auto]"
            >
              <FormField
                field={fieldIn(index, roleField)}
                value={line.role}
                onChange={(role) => set(line, { role: String(role) })}
              />
              <div className="flex min-w-0 flex-col gap-2">
                {!line.entity && (
                  <FormField
                    field={fieldIn(index, personField)}
                    value={line.person}
                    onChange={(person) => set(line, { person: person as Named | null })}
                  />
                )}
                {!line.person && (
                  <FormField
                    field={fieldIn(index, entityField)}
                    value={line.entity}
                    onChange={(entity) => set(line, { entity: entity as Named | null })}
                  />
                )}
              </div>
              {hasShare(line) ? (
                <>
                  <FormField
                    field={fieldIn(index, numeratorField)}
                    value={line.numerator}
                    onChange={(numerator) => set(line, { numerator })}
                  />
                  <FormField
                    field={fieldIn(index, denominatorField)}
                    value={line.denominator}
                    onChange={(denominator) => set(line, { denominator })}
                  />
                </>
              ) : (
                <p className="self-center text-12 text-muted sm:col-span-2">{t('No share: right of survivorship')}</p>
              )}
              <span className="max-sm:col-span-2 max-sm:justify-self-end sm:self-center sm:pt-4">
                <IconButton
                  label={t('Remove this row')}
                  size="small"
                  onClick={() => change(lines.filter((other) => other !== line))}
                >
                  <X size={14} />
                </IconButton>
              </span>
            </li>
          ))}
        </ul>
        <Button
          size="small"
          className="self-start"
          icon={<Plus size={14} />}
          onClick={() => change([...lines, newLine(lines.at(-1)?.role ?? 'owner')])}
        >
          {t('Add an owner or beneficiary')}
        </Button>
        {roles
          .filter((role) => !(survives && role === 'owner'))
          .map((role) => (
            <Whole
              key={role}
              role={role}
              lines={lines.filter((line) => line.role === role)}
              onSplit={() => split(role)}
            />
          ))}
        <div className="max-w-48">
          <FormField
            field={fromField}
            value={from}
            onChange={(day) => {
              setFrom(day);
              setTouched(true);
            }}
          />
        </div>
      </FormShell>
      {question}
    </Dialog>
  );
}

interface WholeProps {
  role: string;
  lines: readonly Line[];
  onSplit: () => void;
}

/** Whether the shares of one role are all of it. */
function Whole({ role, lines, onSplit }: WholeProps) {
  const shares = lines.flatMap(({ numerator, denominator }) => {
    const [n, d] = [Number(numerator), Number(denominator)];
    return Number.isInteger(n) && Number.isInteger(d) && n > 0 && d > 0 ? [{ numerator: n, denominator: d }] : [];
  });
  const sum = addShares(shares);
  const isWhole = shares.length === lines.length && sum.numerator === sum.denominator;
  const said = ownerRoleText(role);
  return (
    <Banner
      meaning={isWhole ? 'good' : 'attention'}
      action={
        !isWhole && (
          <Button size="small" onClick={onSplit}>
            {t('Split equally')}
          </Button>
        )
      }
    >
      {isWhole
        ? t('{role}: the shares add up to the whole.', { role: said })
        : shares.length < lines.length
          ? t('{role}: {count, plural, one {# share is} other {# shares are}} missing.', {
              role: said,
              count: lines.length - shares.length,
            })
          : t('{role}: the shares add up to {sum}.', { role: said, sum: `${sum.numerator}/${sum.denominator}` })}
    </Banner>
  );
}

const lineOf = (owner: AccountOwner): Line => ({
  key: owner.id,
  role: owner.role,
  person: named(owner.contact_id, owner.contact),
  entity: named(owner.legal_entity_id, owner.legal_entity),
  numerator: owner.share_numerator,
  denominator: owner.share_denominator,
});

/** Of somebody whom the reader does not see only the id is known. */
const named = (id: string | null, shown: Named | null): Named | null =>
  id === null ? null : (shown ?? { id, name: t('Not visible to you') });

const roleField: FieldDef = {
  key: 'role',
  label: t('Role'),
  kind: 'select',
  options: ownerRoleOptions,
  required: true,
};
const personField: FieldDef = {
  key: 'contact_id',
  label: t('Person'),
  kind: 'reference',
  of: 'contact',
  expand: 'contact',
};
const entityField: FieldDef = {
  key: 'legal_entity_id',
  label: t('Or an entity'),
  kind: 'reference',
  of: 'legal_entity',
  expand: 'legal_entity',
};
const numeratorField: FieldDef = { key: 'share_numerator', label: t('Share'), kind: 'integer', placeholder: '1' };
const denominatorField: FieldDef = {
  key: 'share_denominator',
  label: t('Out of'),
  kind: 'integer',
  placeholder: '3',
};
const lineFields = [roleField, personField, entityField, numeratorField, denominatorField] as const;

/** Where an answer of the server says what is wrong with a line. */
const inLine = (index: number, key: string) => `data.${index}.${key}`;
const fieldIn = (index: number, field: FieldDef): FieldDef => ({ ...field, key: inLine(index, field.key) });

const fromField: FieldDef = {
  key: 'from_on',
  label: t('From'),
  kind: 'date',
  help: t('Earlier owners stay in the history'),
};
