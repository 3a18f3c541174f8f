import { repeatable_fields } from './contract.ts';
import type { ColumnMapping } from './mapping.ts';
import { normalise } from './normalise.ts';

/** What another system writes into the file of one kind of record. */
interface Preset {
  product: string;
  resource: string;
  /** Columns that together no other file has. */
  signs: string[];
  /** Field of each column; null: none, whatever it is called like. */
  columns: Record<string, string | null>;
}

const person = { 'First Name': 'given_name', 'Last Name': 'family_name', Email: 'email' };
const mailing = (prefix: string, zip: string, joined = ' ') => ({
  [`${prefix}${joined}Street`]: 'street',
  [`${prefix}${joined}City`]: 'city',
  [`${prefix}${joined}State`]: 'region',
  [`${prefix}${joined}${zip}`]: 'postal_code',
  [`${prefix}${joined}Country`]: 'country',
});

/**
 * Labels of the default properties, under which an export names its columns:
 * https://developers.hubspot.com/docs/api-reference/crm-exports-v3/guide, https://knowledge.hubspot.com/articles/kcs_article/contacts/set-up-your-import-file
 */
const hubspot: Preset[] = [
  {
    product: 'HubSpot',
    resource: 'contact',
    signs: ['Record ID', 'Last Name', 'Contact owner'],
    columns: {
      'Record ID': 'external_id', ...person, 'Phone Number': 'phone', 'Mobile Phone Number': 'other_phones', 'Fax Number': 'other_phones', 'Contact owner': 'owner', 'Job Title': 'job_title', 'Lead Status': 'lead_status',
      'Lifecycle Stage': 'lifecycle_stage', 'Associated Company': 'company', 'Primary Associated Company': 'company', 'Original Source': 'source',
      'Street Address': 'street', City: 'city', 'State/Region': 'region', 'Postal Code': 'postal_code', 'Country/Region': 'country',
      'Company Name': null, 'Associated Company IDs': null, 'Primary Associated Company ID': null,
    },
  },
  {
    product: 'HubSpot',
    resource: 'company',
    signs: ['Record ID', 'Company name', 'Company owner'],
    columns: {
      'Record ID': 'external_id', 'Company name': 'name', 'Company owner': 'owner', 'Company Domain Name': 'domain', Industry: 'industry', 'Phone Number': 'phone',
      'Number of Employees': 'employee_count', 'Annual Revenue': 'annual_revenue', 'Year Founded': 'founded_year', 'Website URL': 'website', Description: 'description',
      'Street Address': 'street', City: 'city', 'State/Region': 'region', 'Postal Code': 'postal_code', 'Country/Region': 'country', 'Parent Company': 'parent',
    },
  },
  {
    product: 'HubSpot',
    resource: 'deal',
    signs: ['Record ID', 'Deal Name', 'Deal owner'],
    columns: {
      'Record ID': 'external_id', 'Deal Name': 'name', 'Deal owner': 'owner', Pipeline: 'pipeline', 'Deal Stage': 'stage', Amount: 'amount', Currency: 'currency',
      'Close Date': 'closed_on', 'Create Date': 'opened_on', 'Associated Company': 'company', 'Associated Contact': 'contact', 'Closed Lost Reason': 'close_reason',
      'Associated Company IDs': null, 'Associated Contact IDs': null, 'Amount in company currency': null,
    },
  },
]; // biome-ignore format: columns in the order of the file

/** Field names of the data export, which refers to accounts and contacts by their ids alone: https://developer.salesforce.com/docs/atlas.en-us.228.0.sfFieldRef.meta/sfFieldRef/salesforce_field_reference_Opportunity.htm */
const salesforce: Preset[] = [
  {
    product: 'Salesforce',
    resource: 'contact',
    signs: ['Id', 'LastName', 'OwnerId'],
    columns: {
      Id: 'external_id', FirstName: 'given_name', LastName: 'family_name', Email: 'email', Phone: 'phone', MobilePhone: 'other_phones', Title: 'job_title',
      LeadSource: 'source', ...mailing('Mailing', 'PostalCode', ''), 'Account.Name': 'company', 'Owner.Name': 'owner', AccountId: 'company', OwnerId: null, Name: null, Salutation: 'salutation', MiddleName: 'middle_name', Suffix: 'suffix',
    },
  },
  {
    product: 'Salesforce',
    resource: 'company',
    signs: ['Id', 'Name', 'BillingCity', 'OwnerId'],
    columns: {
      Id: 'external_id', Name: 'name', Industry: 'industry', NumberOfEmployees: 'employee_count', AnnualRevenue: 'annual_revenue', Phone: 'phone', Website: 'website',
      Description: 'description', ...mailing('Billing', 'PostalCode', ''), 'Parent.Name': 'parent', 'Owner.Name': 'owner', ParentId: 'parent', OwnerId: null,
    },
  },
  {
    product: 'Salesforce',
    resource: 'deal',
    signs: ['Id', 'StageName', 'CloseDate'],
    columns: {
      Id: 'external_id', Name: 'name', StageName: 'stage', Amount: 'amount', CurrencyIsoCode: 'currency', CloseDate: 'closed_on', CreatedDate: 'opened_on', LeadSource: 'source',
      Description: 'description', 'Account.Name': 'company', 'Owner.Name': 'owner', AccountId: 'company', OwnerId: null, ContactId: 'contact', Type: null,
    },
  },
]; // biome-ignore format: columns in the order of the file

/** The object before each label, as in https://developers.pipedrive.com/docs/api/v1/Persons and the lists of the product. */
const pipedrive: Preset[] = [
  {
    product: 'Pipedrive',
    resource: 'contact',
    signs: ['Person - Name'],
    columns: {
      'Person - ID': 'external_id', 'Person - Name': 'full_name', 'Person - Email - Work': 'email', 'Person - Email': 'email', 'Person - Phone - Work': 'phone', 'Person - Phone': 'phone',
      'Person - Organization': 'company', 'Person - Owner': 'owner', 'Person - Job title': 'job_title', 'Person - Label': 'tags', 'Person - Labels': 'tags',
    },
  },
  {
    product: 'Pipedrive',
    resource: 'company',
    signs: ['Organization - Name', 'Organization - Owner'],
    columns: {
      'Organization - ID': 'external_id', 'Organization - Name': 'name', 'Organization - Owner': 'owner', 'Organization - Address': 'street', 'Organization - Website': 'website',
      'Organization - Industry': 'industry', 'Organization - Annual revenue': 'annual_revenue', 'Organization - Number of employees': 'employee_count',
      'Organization - Label': 'tags', 'Organization - Labels': 'tags',
    },
  },
  {
    product: 'Pipedrive',
    resource: 'deal',
    signs: ['Deal - Title', 'Deal - Stage'],
    columns: {
      'Deal - ID': 'external_id', 'Deal - Title': 'name', 'Deal - Value': 'amount', 'Deal - Currency of Value': 'currency', 'Deal - Pipeline': 'pipeline', 'Deal - Stage': 'stage',
      'Deal - Organization': 'company', 'Deal - Contact person': 'contact', 'Deal - Owner': 'owner', 'Deal - Expected close date': 'expected_close_on', 'Deal - Deal created': 'opened_on',
      'Deal - Lost reason': 'close_reason', 'Deal - Label': 'tags', 'Deal - Status': null,
    },
  },
]; // biome-ignore format: columns in the order of the file

/** Labels of the standard modules: https://www.zoho.com/developer/help/api/modules-fields.html */
const zoho: Preset[] = [
  {
    product: 'Zoho CRM',
    resource: 'contact',
    signs: ['Last Name', 'Contact Owner', 'Account Name'],
    columns: {
      'Record Id': 'external_id', 'Contact Owner': 'owner', ...person, Title: 'job_title', 'Account Name': 'company', Phone: 'phone', Mobile: 'other_phones',
      'Secondary Email': 'other_emails', 'Lead Source': 'source', ...mailing('Mailing', 'Zip'), Tag: 'tags', 'Contact Owner.id': null, 'Account Name.id': null,
    },
  },
  {
    product: 'Zoho CRM',
    resource: 'company',
    signs: ['Account Name', 'Account Owner'],
    columns: {
      'Record Id': 'external_id', 'Account Owner': 'owner', 'Account Name': 'name', Phone: 'phone', Website: 'website', Industry: 'industry', Employees: 'employee_count',
      'Annual Revenue': 'annual_revenue', 'Parent Account': 'parent', Description: 'description', ...mailing('Billing', 'Code'), Tag: 'tags', 'Account Owner.id': null,
    },
  },
  {
    product: 'Zoho CRM',
    resource: 'deal',
    signs: ['Deal Name', 'Deal Owner', 'Closing Date'],
    columns: {
      'Record Id': 'external_id', 'Deal Owner': 'owner', 'Deal Name': 'name', 'Account Name': 'company', 'Contact Name': 'contact', Stage: 'stage', Pipeline: 'pipeline', Amount: 'amount',
      Currency: 'currency', 'Closing Date': 'closed_on', 'Created Time': 'opened_on', 'Lead Source': 'source', Description: 'description', Tag: 'tags', 'Deal Owner.id': null,
    },
  },
]; // biome-ignore format: columns in the order of the file

const presets = [...hubspot, ...salesforce, ...pipedrive, ...zoho];

/** Which system wrote a file with these columns, when that can be said; of several that might, the one that knows most of them. */
export function presetOf(columns: readonly string[]): Preset | undefined {
  const names = new Set(columns.map(normalise));
  const known = ({ columns }: Preset) => Object.keys(columns).filter((name) => names.has(normalise(name))).length;
  return presets
    .filter(({ signs }) => signs.every((sign) => names.has(normalise(sign))))
    .sort((a, b) => known(b) - known(a))[0];
}

/** The proposal with what is known of the system's columns instead of what was concluded from their names. */
export function withPreset(
  { product, columns: known }: Preset,
  proposed: readonly ColumnMapping[],
  columns: readonly string[],
): ColumnMapping[] {
  const fields = new Map(Object.entries(known).map(([name, field]) => [normalise(name), field]));
  const taken = new Set<string>();
  const sure = columns.flatMap((column) => {
    const field = fields.get(normalise(column));
    if (!field || (taken.has(field) && !repeatable_fields.has(field))) return [];
    taken.add(field);
    return [{ column, field, confidence: 1, reason: `So called in an export from ${product}.` }];
  });
  const kept = proposed.filter(({ column, field }) => !fields.has(normalise(column)) && !taken.has(field));
  return [...sure, ...kept];
}
