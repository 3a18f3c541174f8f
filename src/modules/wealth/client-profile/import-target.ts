import {
  contractTarget,
  type ImportTarget,
  type Load,
  type LoadRow,
  refuseRow,
  type TargetField,
} from '../../../platform/import/index.ts';
import { clientProfile } from './contract.ts';

const synonyms: Readonly<Record<string, readonly string[]>> = {
  contact: ['client name', 'name', 'full name', 'email', 'kunde'],
  ssn: ['ssn', 'social security no', 'social security'],
  tax_id: ['tin', 'itin', 'steuer id', 'steueridentifikationsnummer'],
  date_of_birth: ['dob', 'birth date', 'birthdate', 'birthday', 'geburtsdatum', 'geburtstag'],
  risk_class: ['risk', 'risk rating', 'risikoklasse'],
  kyc_checked_on: ['kyc date', 'last kyc check'],
};

const target = contractTarget(clientProfile);

/**
 * Profiles of clients in files. A row finds its profile by the client that it names, or by a sealed number: most files
 * of a firm have one profile a person, and a person has one here.
 */
export const clientProfileTarget: ImportTarget = {
  ...target,
  synonyms: ['client', 'kyc', 'client profile'],
  identity: ['ssn', 'tax_id', 'risk_class', 'kyc_checked_on'],
  fields: target.fields.map(fieldOf),
  keys: [target.keys[0]!, { from: ['contact'], columns: ['contact_id'] }, ...target.keys.slice(1)],
  check: requireClients,
};

function fieldOf(field: TargetField): TargetField {
  const known = { ...field, synonyms: [...field.synonyms, ...(synonyms[field.name] ?? [])] };
  if (field.name === 'contact') return { ...known, required: false };
  // The day is read as people write it, not only as the database does.
  return field.name === 'date_of_birth' ? { ...known, type: 'birthday' } : known;
}

/** A profile that is there is known by a number too; a new one needs to say whose it is. */
async function requireClients(_: Load, rows: LoadRow[]): Promise<void> {
  for (const row of rows)
    if (!row.found && !row.values.contact_id) refuseRow(row, 'no_client', 'Say which client the profile is of.');
}
