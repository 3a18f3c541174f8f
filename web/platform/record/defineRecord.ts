import { t } from '../../text/text.ts';
import { fieldsOf, type RecordContract } from './contractFields.ts';
import type { NewForm, RecordDefinition, RecordDetails, RecordType } from './definition.ts';
import type { Values } from './values.ts';

/** A record type as its manifest, its details and its contract have it. */
export function defineRecord(type: RecordType, given: RecordDetails): RecordDefinition {
  const { contract } = given;
  const fields = fieldsOf(contract, type.singular, given.fields);
  const compared = given.compared ?? contract.duplicateKeys ?? [];
  checkType(type, contract, compared);
  const [, ...shown] = fields.filter(({ inTable }) => inTable);
  const references = fields.filter(({ kind, of }) => kind === 'reference' && of !== 'user');
  return {
    ...type,
    relationLabels: {},
    views: ({ user }) => [
      { id: 'all', label: t('All') },
      ...(contract.owner
        ? [{ id: 'mine', label: t('Mine'), filter: { field: contract.owner, op: 'eq' as const, value: user.id } }]
        : []),
      { id: 'recent', label: t('Recently updated'), sort: '-updated_at' },
    ],
    defaultSort: 'name',
    defaultLayout: 'table',
    importPath: '/imports/new',
    summed: shown.filter(({ kind }) => kind === 'money').map(({ key }) => key),
    searched: ['name'],
    choiceDetails: [],
    facts: shown.slice(0, 3).map(({ key }) => key),
    useStart: nothingToStart,
    useNewForm: asTyped,
    ownInputs: {},
    bulkActions: [],
    menuActions: [],
    relatedParts: [],
    tabs: [],
    ownLayouts: [],
    singleFields: [],
    narrow: {
      details: references.map(({ key }) => key),
      standing: shown.find(({ kind }) => kind === 'money' || kind === 'select')?.key ?? 'updated_at',
    },
    ...given,
    fields,
    compared,
  };
}

/** What the manifest says before the contract is there has to be what the contract says. */
function checkType(type: RecordType, contract: RecordContract, compared: readonly string[]): void {
  const said = {
    resource: contract.name,
    path: `/${contract.plural.replaceAll('_', '-')}`,
    right: contract.right,
    isFixed: contract.appendOnly !== undefined,
    hasDuplicates: compared.length > 0,
  };
  for (const [key, value] of Object.entries(said))
    if (type[key as keyof typeof said] !== value)
      throw new Error(`The manifest calls ${key} of ${type.resource} what its contract calls ${value}`);
}

const nothingToStart = (): Values => ({});
const asTyped = (values: Values): NewForm => ({ values, asked: [], choices: {} });
