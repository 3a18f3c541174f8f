import type { Resource } from '../../kernel/contract/resource.ts';
import type { TargetField, TargetType } from './target.ts';

export const field = (
  name: string,
  type: TargetType,
  label: string,
  synonyms: string[],
  more: Pick<
    TargetField,
    'required' | 'readOnly' | 'mask' | 'reference' | 'values' | 'aliases' | 'columns' | 'exported' | 'idIn'
  > = {},
): TargetField => ({ name, type, label, synonyms, ...more });

/** The texts whose contract says under which headers files carry them. */
export const textsOf = ({ meta }: Resource): TargetField[] =>
  [...meta].flatMap(([name, { title, headers }]) => (headers ? field(name, 'text', title, [...headers]) : []));

export const address = (): TargetField[] => [
  field('street', 'text', 'Street', [
    'street address',
    'address',
    'mailing street',
    'billing street',
    'straße',
    'str',
    'straße nr',
    'straße hausnummer',
    'straße und hausnummer',
    'adresse',
    'anschrift',
  ]),
  field('city', 'text', 'City', [
    'town',
    'mailing city',
    'billing city',
    'ort',
    'stadt',
    'wohnort',
    'office location',
    'location',
  ]),
  field('region', 'text', 'State or region', [
    'state',
    'province',
    'state region',
    'mailing state',
    'billing state',
    'bundesland',
    'kanton',
    'region',
  ]),
  field('postal_code', 'text', 'Postal code', [
    'zip',
    'zip code',
    'postcode',
    'plz',
    'postleitzahl',
    'mailing zip',
    'billing zip',
  ]),
  field('country', 'country', 'Country', [
    'country region',
    'country code',
    'mailing country',
    'billing country',
    'land',
    'staat',
    'office location',
    'location',
    'nation',
  ]),
];

export const owner = (): TargetField =>
  field(
    'owner',
    'text',
    'Owner',
    [
      'record owner',
      'assigned to',
      'account manager',
      'sales agent',
      'sales rep',
      'sales representative',
      'agent',
      'rep',
      'salesperson',
      'betreuer',
      'verantwortlich',
      'verantwortlicher',
      'zuständig',
      'zuständiger',
      'zuständiger mitarbeiter',
      'bearbeiter',
      'vertriebsmitarbeiter',
      'eigentümer',
      'besitzer',
      'inhaber',
      'owner name',
      'owner email',
    ],
    { reference: { resource: 'user', by: 'name' }, columns: ['owner_id'] },
  );

export const externalId = (...synonyms: string[]): TargetField =>
  field('external_id', 'text', 'Id in the other system', [
    'id',
    'record id',
    'external id',
    'key',
    'nummer',
    'number',
    'datensatz id',
    ...synonyms,
  ]);

/** By which a file that was exported here finds its records again. */
export const holdfastId = (): TargetField => field('holdfast_id', 'id', 'Holdfast id', [], { columns: ['id'] });

/** Cells that are kept in a note of their record. */
export const note = (...synonyms: string[]): TargetField => field('note', 'note', 'Note', synonyms, { columns: [] });

export const tags = (): TargetField =>
  field('tags', 'tags', 'Tags', ['labels', 'schlagwörter', 'schlagworte', 'stichwörter', 'stichworte', 'etiketten'], {
    columns: [],
  });
