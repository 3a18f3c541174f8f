import { Suspense } from 'react';
import type { RecordOfEntry } from '../../../src/kernel/contract/fields.ts';
import { lazyPart } from '../../text/lazy.ts';
import { inSentence, t } from '../../text/text.ts';
import { Combobox } from '../../ui/Combobox.tsx';
import { typedDuration } from '../../ui/duration.ts';
import { currencyName } from '../../ui/format.ts';
import { Input } from '../../ui/Input.tsx';
import { NumberInput } from '../../ui/NumberInput.tsx';
import type { NumberKind } from '../../ui/number.ts';
import { Select } from '../../ui/Select.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { Textarea } from '../../ui/Textarea.tsx';
import { fromTyped, toTyped } from '../../ui/zoned.ts';
import { attempt } from '../query/attempt.ts';
import { createRecord } from '../query/records.ts';
import { useMay, useSession } from '../session/session.tsx';
import { BirthdayInput } from './BirthdayInput.tsx';
import { CountryInput } from './CountryInput.tsx';
import { findDefinition } from './definitions.ts';
import { type FieldDef, type ListedValue, type MoneyValue, type Named, type TagValue, toBody } from './field.ts';
import { ListedInput } from './ListedInput.tsx';
import { useLookup } from './lookup.ts';
import { MoneyInput } from './MoneyInput.tsx';
import { MultiSelect } from './MultiSelect.tsx';
import { wordsOf } from './recordTypes.ts';
import { useReference } from './reference.ts';
import { TagInput } from './TagInput.tsx';
import type { Values } from './values.ts';

/** Fields of entries alone are of this kind. */
const RecordsInput = lazyPart(() => import('./RecordsInput.tsx'));

export interface FieldInputProps {
  field: FieldDef;
  value: unknown;
  onChange: (value: unknown) => void;
  /** For a reference with few choices, the records to choose from. */
  choices?: readonly Named[] | undefined;
  /**
   * What stands in the form: a record that is made for this field refers to the same, such as a new contact to the
   * company of its deal.
   */
  beside?: Values | undefined;
  /** Inside a Field the label is the Field's; alone, the control carries it. */
  labelled?: boolean;
  autoFocus?: boolean;
  disabled?: boolean;
}

const types: Partial<Record<FieldDef['kind'], string>> = { email: 'email', phone: 'tel', url: 'url', date: 'date' };

/** The control that edits a value of this kind. */
export function FieldInput(props: FieldInputProps) {
  const { field, value, onChange, labelled, autoFocus, disabled } = props;
  const label = labelled ? undefined : field.label;
  switch (field.kind) {
    case 'boolean':
      return <Switch label={field.label} checked={value === true} disabled={disabled} onChange={onChange} />;
    case 'select':
      return (
        <Select
          label={field.label}
          options={field.required ? (field.options ?? []) : [{ value: '', label: t('None') }, ...(field.options ?? [])]}
          value={(value as string | null) ?? null}
          disabled={disabled}
          autoFocus={autoFocus}
          placeholder={field.placeholder}
          onChange={(next) => onChange(next || null)}
        />
      );
    case 'currency':
      return (
        <Select
          label={field.label}
          options={Intl.supportedValuesOf('currency').map((code) => ({
            value: code,
            label: [code, currencyName(code)].filter(Boolean).join(' · '),
          }))}
          value={(value as string | null) || null}
          disabled={disabled}
          autoFocus={autoFocus}
          onChange={onChange}
        />
      );
    case 'multi_select':
      return (
        <MultiSelect
          label={field.label}
          options={field.options ?? []}
          value={(value as string[] | null) ?? []}
          onChange={onChange}
        />
      );
    case 'integer':
    case 'decimal':
      return <Figure {...props} kind={field.kind} />;
    case 'money':
      return field.currencyKey ? (
        <Figure {...props} kind="money" />
      ) : (
        <MoneyInput
          label={field.label}
          value={(value as MoneyValue | null) ?? null}
          onChange={onChange}
          autoFocus={autoFocus}
          disabled={disabled}
        />
      );
    case 'reference':
      return <ReferenceInput {...props} />;
    case 'tags':
      return (
        <TagInput label={label} value={(value as TagValue[] | null) ?? []} onChange={onChange} autoFocus={autoFocus} />
      );
    case 'records':
      return (
        <Suspense>
          <RecordsInput
            label={label}
            value={(value as RecordOfEntry[] | null | undefined) ?? []}
            onChange={onChange}
            autoFocus={autoFocus}
            disabled={disabled}
          />
        </Suspense>
      );
    case 'lines':
      return (
        <Textarea
          aria-label={label}
          value={((value as string[] | null | undefined) ?? []).join('\n')}
          onValueChange={(text: string) => onChange(text.split('\n'))}
        />
      );
    case 'labelled':
    case 'addresses':
      return (
        <ListedInput
          field={field}
          value={(value as ListedValue[] | null | undefined) ?? []}
          onChange={onChange}
          autoFocus={autoFocus}
          disabled={disabled}
        />
      );
    case 'birthday':
      return (
        <BirthdayInput
          label={field.label}
          value={(value as string | null) ?? null}
          onChange={onChange}
          autoFocus={autoFocus}
          disabled={disabled}
        />
      );
    case 'long_text':
      return (
        <Textarea
          aria-label={label}
          value={(value as string | null) ?? ''}
          disabled={disabled}
          autoFocus={autoFocus}
          placeholder={field.placeholder}
          onValueChange={onChange}
        />
      );
    case 'time':
      return (
        <Input
          type="datetime-local"
          aria-label={label}
          value={toTyped(value as string | null)}
          disabled={disabled}
          onValueChange={(next) => onChange(fromTyped(next))}
        />
      );
    case 'duration':
      return (
        <PlainInput
          {...props}
          field={{ ...field, placeholder: field.placeholder ?? t('Hours:minutes, such as 1:30') }}
          value={typeof value === 'string' ? typedDuration(value) : value}
        />
      );
    default:
      return field.isCountry ? (
        <CountryInput
          aria-label={label}
          autoFocus={autoFocus}
          disabled={disabled}
          value={(value as string | null | undefined) ?? ''}
          onValueChange={onChange}
        />
      ) : (
        <PlainInput {...props} />
      );
  }
}

function Figure({
  kind,
  field,
  value,
  onChange,
  labelled,
  autoFocus,
  disabled,
}: FieldInputProps & { kind: NumberKind }) {
  return (
    <NumberInput
      kind={kind}
      aria-label={labelled ? undefined : field.label}
      autoFocus={autoFocus}
      value={value}
      disabled={disabled}
      placeholder={field.placeholder}
      onValueChange={onChange}
    />
  );
}

function PlainInput({ field, value, onChange, labelled, autoFocus, disabled }: FieldInputProps) {
  const type = types[field.kind];
  return (
    <Input
      // The server checks addresses and says in words what is wrong; the browser's own bubble says it in its language.
      type={field.secret ? 'password' : type === 'date' ? 'date' : 'text'}
      inputMode={type as 'email' | 'tel' | 'url' | undefined}
      // A number or an address is written from left to right also among words that are not.
      dir={type && type !== 'date' ? 'ltr' : undefined}
      aria-label={labelled ? undefined : field.label}
      autoFocus={autoFocus}
      autoComplete="off"
      value={value === null || value === undefined ? '' : String(value)}
      disabled={disabled}
      placeholder={field.placeholder}
      onValueChange={onChange}
    />
  );
}

function ReferenceInput({ field, choices, ...input }: FieldInputProps) {
  return choices ? (
    <ChoiceInput {...input} field={field} choices={choices} />
  ) : (
    <LookupInput {...input} field={field} />
  );
}

/** One of a few records. */
function ChoiceInput({
  field,
  choices,
  value,
  onChange,
  labelled,
  disabled,
}: FieldInputProps & { choices: readonly Named[] }) {
  return (
    <Select
      label={labelled ? undefined : field.label}
      options={choices.map(({ id, name }) => ({ value: id, label: name }))}
      value={(value as Named | null)?.id ?? null}
      disabled={disabled}
      onChange={(next) => onChange(choices.find(({ id }) => id === next))}
    />
  );
}

function LookupInput({ field, value, onChange, beside = {}, labelled, autoFocus, disabled }: FieldInputProps) {
  const of = field.of ?? 'user';
  const { choices, loading, setQuery } = useLookup(of);
  const named = useReference(of, value);
  const { user } = useSession();
  const may = useMay();
  const definition = findDefinition(of);
  const { fromName, contract } = definition ?? {};
  const what = definition ? wordsOf(of).types : inSentence(field.label);
  const wanted = of === 'user' ? t('Search people') : t('Search {what}', { what });

  const make = (name: string) =>
    attempt(async () => {
      const shared = (definition?.fields ?? []).filter(
        ({ key, kind, readOnly }) => kind === 'reference' && !readOnly && key !== field.key && key in beside,
      );
      const owner = contract?.owner && { [contract.owner]: user.id };
      const body = { ...fromName?.(name), ...toBody(shared, beside), ...owner };
      const { id } = await createRecord(of, body, t('{Type} created', { Type: wordsOf(of).Type }), { name });
      onChange({ id, name });
    });

  return (
    <Combobox
      label={labelled ? undefined : field.label}
      // Left undefined it would be the control's own, and what the form sets later would not show.
      value={named}
      onChange={onChange}
      choices={choices}
      loading={loading}
      onQuery={setQuery}
      onMake={fromName && may(of, 'create') ? make : undefined}
      guarded={labelled}
      autoFocus={autoFocus}
      disabled={disabled}
      placeholder={field.placeholder ?? wanted}
    />
  );
}
