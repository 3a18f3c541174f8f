import type { FieldRules } from '../../kernel/contract/custom-field.ts';
import { isReferenceType } from '../../kernel/contract/custom-field.ts';
import { definedResources } from '../../kernel/contract/resource.ts';
import { isPeriod } from '../../kernel/resource/filter.ts';
import { isSealedText } from '../../kernel/resource/personal.ts';
import type { ColumnRule, Substitute, TableRule } from './rules.ts';
import type { Substitution } from './substitute.ts';

export interface CustomDefinition {
  id: string;
  type: string;
  options: string[];
  rules: FieldRules;
  is_unique: boolean;
}

export interface RowContext {
  /** The custom fields of the record type, by key. */
  custom: ReadonlyMap<string, CustomDefinition>;
  /** The rules for the columns of the record type that a filter is for. */
  filtered: Record<string, ColumnRule>;
  /** The same of the records that a filter reaches by a relation of this name. */
  related?: (relation: string) => RowContext | undefined;
}

type Labelled = { label: string | null; value: string }[];
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const unique_tries_max = 1_000;
/** Of a sealed text, which is longer than its column lets others be: how much stands for it. */
const sealed_characters = 8;
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const plainText = /^-?\d+([.]\d+)?$|^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$|^P[\dTYMWDHS.]+$/;
const constants = new Set(['filter', 'custom', 'emails', 'phones', 'urls', 'texts', 'addresses']);

/** Puts substitutes in the place of values, by the rules of columns. */
export class Replacer {
  private readonly by: Substitution;
  private readonly taken = new Map<string, Map<string, string>>();
  /** What a filter may say without saying anything of somebody: words of the contracts. */
  private readonly known: ReadonlySet<string>;

  constructor(by: Substitution) {
    this.by = by;
    this.known = new Set(
      definedResources().flatMap(({ name, meta }) => [
        name,
        ...[...meta].flatMap(([field, { values = [] }]) => [field, ...values]),
      ]),
    );
  }

  replace(rule: Substitute, value: unknown, context: RowContext): unknown {
    if (value === null || value === undefined || value === '') return value;
    if (rule === 'custom') return this.custom(value as Record<string, Json>, context.custom);
    if (rule === 'filter') return this.filter(value as Json, context);
    if (isSealedText(value)) return constants.has(rule) ? [] : this.text(rule, value.slice(-sealed_characters));
    if (rule === 'emails' || rule === 'phones' || rule === 'urls' || rule === 'texts')
      return (value as Labelled).map((one) => ({ label: null, value: this.text(ofItems[rule], one.value) }));
    if (rule === 'addresses')
      return (value as Record<string, string | null>[]).map((address) => ({
        ...address,
        label: null,
        street: address.street ? this.by.street(address.street) : null,
        city: address.city ? this.by.town(address.city) : null,
        postal_code: address.postal_code ? this.by.sameForm(address.postal_code) : null,
      }));
    return this.text(rule, String(value));
  }

  private text(rule: Substitute, value: string): string {
    if (value.trim() === '') return value;
    const { by } = this;
    switch (rule) {
      case 'given_name': return by.givenName(value);
      case 'family_name': return by.familyName(value);
      case 'person_name': return by.personName(value);
      case 'company': return by.company(value);
      case 'external_id': return by.externalId(value);
      case 'domain': return by.domain(value);
      case 'email': return by.email(value);
      case 'url': return by.url(value);
      case 'phone': return by.phone(value);
      case 'street': return by.street(value);
      case 'same_form': return by.sameForm(value);
      case 'town': return by.town(value);
      case 'job_title': return by.jobTitle(value);
      case 'birthday': return by.birthday(value);
      case 'prose': return by.prose(value);
      case 'file_name': return by.fileName(value);
      default: return by.label(value);
    } // biome-ignore format: one line each
  }

  /** What no definition explains is left out. */
  private custom(values: Record<string, Json>, definitions: RowContext['custom']): Record<string, Json> {
    return Object.fromEntries(
      Object.entries(values).flatMap(([key, value]) => {
        const definition = definitions.get(key);
        const substitute = definition && this.customValue(value, definition);
        return substitute === undefined ? [] : [[key, substitute]];
      }),
    );
  }

  private customValue(value: Json, definition: CustomDefinition): Json | undefined {
    const { type, options, rules } = definition;
    if (value === null) return null;
    if (type === 'text' && typeof value === 'string')
      return this.distinct(value, definition, (by) =>
        by.customText(value, rules.pattern, rules.max ? Number(rules.max) : undefined),
      );
    if (type === 'url' && typeof value === 'string') return this.distinct(value, definition, (by) => by.url(value));
    if (type === 'select') return options.includes(value as string) ? value : undefined;
    if (type === 'multi_select')
      return Array.isArray(value) ? value.filter((one) => options.includes(one as string)) : undefined;
    if (isReferenceType(type)) return isId(value) || (Array.isArray(value) && value.every(isId)) ? value : undefined;
    return isPlain(value) || (typeof value === 'object' && Object.values(value).every(isAmount)) ? value : undefined;
  }

  /**
   * Values that have to differ do so in a copy too, however short they are; where there is no other left, there is
   * none.
   */
  private distinct(
    value: string,
    { id, is_unique }: CustomDefinition,
    substitute: (by: Substitution) => string,
  ): string | undefined {
    if (!is_unique) return substitute(this.by);
    const taken = this.taken.get(id) ?? new Map<string, string>();
    this.taken.set(id, taken);
    for (let attempt = 0; attempt < unique_tries_max; attempt++) {
      const found = substitute(attempt === 0 ? this.by : this.by.another(attempt));
      const owner = taken.get(found.toLowerCase());
      if (owner !== undefined && owner !== value) continue;
      taken.set(found.toLowerCase(), value);
      return found;
    }
    return undefined;
  }

  /**
   * Values that are compared with a field are substituted as the values of the field are; names of relations and
   * periods stay.
   */
  private filter(node: Json, context: RowContext, field?: string): Json {
    if (Array.isArray(node)) return node.map((one) => this.filter(one, context, field));
    if (node !== null && typeof node === 'object') {
      const own = typeof node.field === 'string' ? node.field : field;
      const relation = node.any ?? node.none;
      const related = typeof relation === 'string' ? context.related?.(relation) : undefined;
      const stays = (key: string, value: Json) =>
        key === 'field' ||
        key === 'op' ||
        (related && (key === 'any' || key === 'none')) ||
        (key === 'value' && node.op === 'within' && typeof value === 'string' && isPeriod(value));
      return Object.fromEntries(
        Object.entries(node).map(([key, value]) => [
          key,
          stays(key, value) ? value : this.filter(value, related ?? context, own),
        ]),
      );
    }
    if (typeof node !== 'string' || isPlain(node) || isId(node) || this.known.has(node)) return node;
    const rule = field === undefined ? undefined : context.filtered[field];
    if (rule === 'keep') return node;
    if (field?.startsWith('custom.')) {
      const definition = context.custom.get(field.slice(7)) ?? unknown;
      return definition.options.includes(node) ? node : (this.customValue(node, definition) ?? '');
    }
    return typeof rule === 'string' && !constants.has(rule) ? this.text(rule, node) : this.by.label(node);
  }
}

const ofItems = { emails: 'email', phones: 'phone', urls: 'url', texts: 'label' } as const;
const unknown: CustomDefinition = { id: '', type: 'text', options: [], rules: {}, is_unique: false };

const isId = (value: Json) => typeof value === 'string' && uuid.test(value);
const isPlain = (value: Json) => typeof value !== 'object' && (typeof value !== 'string' || plainText.test(value));
/** Whether a value can be part of an amount in a currency. */
const isAmount = (value: Json) => isPlain(value) || (typeof value === 'string' && /^[A-Z]{3}$/.test(value));

export const columnsOf = (rule: TableRule | undefined): Record<string, ColumnRule> =>
  rule && 'columns' in rule ? rule.columns : {};
