import { Clock, Lock } from 'lucide-react';
import { Fragment } from 'react';
import { mailLink } from '../../../src/kernel/contract/email.ts';
import type { RecordOfEntry } from '../../../src/kernel/contract/fields.ts';
import { phoneLink } from '../../../src/kernel/contract/phone.ts';
import { t } from '../../text/text.ts';
import { Badge } from '../../ui/Badge.tsx';
import { Chip } from '../../ui/Chip.tsx';
import { cx } from '../../ui/cx.ts';
import { DateText } from '../../ui/DateText.tsx';
import { formatDuration } from '../../ui/duration.ts';
import { formatBirthday, formatDecimal, formatNumber } from '../../ui/format.ts';
import { MoneyText } from '../../ui/MoneyText.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import type { Resource } from '../query/resources.ts';
import { countryText } from './countries.ts';
import { findDefinition } from './definitions.ts';
import {
  type AddressValue,
  type AnyRecord,
  addressText,
  type FieldDef,
  isBlank,
  isHidden,
  type ListedValue,
  readField,
  type TagValue,
  toLines,
} from './field.ts';
import type { Money } from './money.ts';
import { RecordLinks } from './RecordLinks.tsx';
import { useReference } from './reference.ts';

interface FieldValueProps {
  field: FieldDef;
  record: AnyRecord;
  /** Addresses can be clicked. */
  links?: boolean;
  /** All of it is there to be read, in as many lines as that takes. */
  whole?: boolean;
}

/** A value as one reads it, in a table cell or on a page. */
export function FieldValue({ field, record, links, whole = links }: FieldValueProps) {
  if (isHidden(record, field)) return <NotShown />;
  const value = readField(record, field);
  if (isBlank(value)) return <span className="text-faint">—</span>;
  switch (field.kind) {
    case 'money': {
      // One of the workspace's own has its currency with it.
      if (!field.currencyKey) return <MoneyText {...(value as Money)} />;
      const currency = record[field.currencyKey] as string | null;
      return <MoneyText amount={String(value)} currency={currency} />;
    }
    case 'integer':
      return (
        <span className="tabular-nums">
          {field.key.endsWith('_year') ? String(value) : formatNumber(value as number)}
        </span>
      );
    case 'decimal':
      return <span className="tabular-nums">{formatDecimal(value as string)}</span>;
    case 'duration':
      return <span className="tabular-nums">{formatDuration(value as string)}</span>;
    case 'date':
      return <DateText value={value as string} exact className="tabular-nums" />;
    case 'time':
      return <DateText value={value as string} />;
    case 'boolean':
      if (field.warns) return value ? <Warning label={field.label} /> : <span className="text-faint">—</span>;
      return value ? t('Yes') : t('No');
    case 'select': {
      const option = field.options?.find((each) => each.value === value);
      return <Badge meaning={option?.meaning}>{option?.label ?? String(value)}</Badge>;
    }
    case 'multi_select':
      return <Chips values={(value as string[]).map((name) => ({ name }))} />;
    case 'lines':
      return (
        <span className="min-w-0">
          {(value as string[]).map((line) => (
            <span key={line} className={cx('block', whole ? 'wrap-anywhere' : 'truncate')}>
              <bdi>{line}</bdi>
            </span>
          ))}
        </span>
      );
    case 'labelled':
    case 'addresses':
      return (
        <span className="min-w-0">
          {(value as ListedValue[]).map((each) => (
            <span key={toLines([each])} className={cx('block', whole ? 'wrap-anywhere' : 'truncate')}>
              {each.label && <span className="text-muted">{each.label} </span>}
              <Listed field={field} value={each} links={links} />
            </span>
          ))}
        </span>
      );
    case 'birthday':
      return <Text whole={whole}>{formatBirthday(value as string)}</Text>;
    case 'tags':
      return <Chips values={value as TagValue[]} />;
    case 'records':
      return <RecordLinks records={value as RecordOfEntry[]} />;
    case 'reference':
      return <Reference of={field.of ?? 'user'} value={value} whole={whole} />;
    case 'email':
      return links ? (
        <External href={mailLink(String(value))}>{String(value)}</External>
      ) : (
        <Text whole={whole}>{String(value)}</Text>
      );
    case 'phone':
      return links ? (
        <External href={phoneLink(String(value))}>{String(value)}</External>
      ) : (
        <Text whole={whole}>{String(value)}</Text>
      );
    case 'url':
      return links ? (
        <External href={String(value)}>{bare(String(value))}</External>
      ) : (
        <Text whole={whole}>{bare(String(value))}</Text>
      );
    case 'long_text':
      return <bdi className={whole ? 'block whitespace-pre-wrap wrap-anywhere' : 'truncate'}>{String(value)}</bdi>;
    default:
      return <Text whole={whole}>{field.isCountry ? countryText(String(value)) : String(value)}</Text>;
  }
}

/** One of several values, as a link where it is an address. */
function Listed({ field, value, links }: { field: FieldDef; value: ListedValue; links?: boolean }) {
  if (!('value' in value)) return <bdi>{addressText(value as AddressValue)}</bdi>;
  const text = String(value.value);
  const href = links ? addressOf(field.each, text) : undefined;
  return href ? <External href={href}>{bare(text)}</External> : <bdi>{bare(text)}</bdi>;
}

function addressOf(each: FieldDef['each'], text: string): string | undefined {
  if (each === 'email') return mailLink(text);
  if (each === 'phone') return phoneLink(text);
  return /^https?:\/\//.test(text) ? text : undefined;
}

function Reference({ of, value, whole }: { of: Resource; value: unknown; whole?: boolean }) {
  const named = useReference(of, value);
  if (!named) return null;
  const definition = findDefinition(of);
  return definition || of === 'user' ? (
    <PersonName name={named.name} square={definition?.square} whole={whole} />
  ) : (
    <Text whole={whole}>{named.name}</Text>
  );
}

/** On its page a value is there to be read as a whole; in a table it keeps to its line. */
function Text({ children, whole }: { children: string; whole?: boolean }) {
  return <bdi className={cx('min-w-0', whole ? 'wrap-anywhere' : 'truncate')}>{children}</bdi>;
}

function Chips({ values }: { values: { name: string; color?: string }[] }) {
  return (
    <span className="flex min-w-0 flex-wrap gap-1">
      {values.map((value) => (
        <Chip key={value.name} color={value.color}>
          {value.name}
        </Chip>
      ))}
    </span>
  );
}

function External({ href, children }: { href: string; children: string }) {
  return (
    <a
      href={href}
      target={href.startsWith('http') ? '_blank' : undefined}
      rel="noreferrer"
      className="min-w-0 wrap-anywhere text-accent-ink underline-offset-2 hover:underline"
    >
      <bdi>
        {children.split(/(?<=@)/).map((part, index) => (
          <Fragment key={part}>
            {/* A narrow column breaks an address here rather than within a word. */}
            {index > 0 && <wbr />}
            {part}
          </Fragment>
        ))}
      </bdi>
    </a>
  );
}

const bare = (address: string) => address.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');

/** Others may see what stands here. */
function NotShown() {
  return (
    <span className="flex min-w-0 items-center gap-1 text-muted">
      <Lock size={12} aria-hidden="true" className="shrink-0" />
      <span className="truncate">{t('Not shown to you')}</span>
    </span>
  );
}

function Warning({ label }: { label: string }) {
  return (
    <span className="flex items-center gap-1 text-attention-ink">
      <Clock size={13} aria-hidden="true" className="shrink-0" />
      <span className="truncate">{label}</span>
    </span>
  );
}
