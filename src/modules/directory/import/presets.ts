import type { Preset } from '../../../platform/import/index.ts';

const person = { 'First Name': 'given_name', 'Last Name': 'family_name', Email: 'email' };
const mailing = (prefix: string, zip: string, joined = ' ') => ({
  [`${prefix}${joined}Street`]: 'street',
  [`${prefix}${joined}City`]: 'city',
  [`${prefix}${joined}State`]: 'region',
  [`${prefix}${joined}${zip}`]: 'postal_code',
  [`${prefix}${joined}Country`]: 'country',
});

/**
 * How the exports of other systems name their columns.
 *
 * HubSpot: labels of the default properties, https://developers.hubspot.com/docs/api-reference/crm-exports-v3/guide,
 * https://knowledge.hubspot.com/articles/kcs_article/contacts/set-up-your-import-file. Salesforce: field names of the data export, which refers to
 * accounts and contacts by their ids alone,
 * https://developer.salesforce.com/docs/atlas.en-us.228.0.sfFieldRef.meta/sfFieldRef/salesforce_field_reference_Opportunity.htm.
 * Pipedrive: the object before each label, as in https://developers.pipedrive.com/docs/api/v1/Persons and the lists of the product.
 * Zoho CRM: labels of the standard modules, https://www.zoho.com/developer/help/api/modules-fields.html
 */
export const contactPresets: readonly Preset[] = [
  {
    product: 'HubSpot',
    signs: ['Record ID', 'Last Name', 'Contact owner'],
    columns: {
      'Record ID': 'external_id', ...person, 'Phone Number': 'phone', 'Mobile Phone Number': 'other_phones', 'Fax Number': 'other_phones', 'Contact owner': 'owner', 'Job Title': 'job_title', 'Lead Status': 'lead_status',
      'Lifecycle Stage': 'lifecycle_stage', 'Associated Company': 'company', 'Primary Associated Company': 'company', 'Original Source': 'source',
      'Street Address': 'street', City: 'city', 'State/Region': 'region', 'Postal Code': 'postal_code', 'Country/Region': 'country',
      'Company Name': null, 'Associated Company IDs': null, 'Primary Associated Company ID': null,
    },
  },
  {
    product: 'Salesforce',
    signs: ['Id', 'LastName', 'OwnerId'],
    columns: {
      Id: 'external_id', FirstName: 'given_name', LastName: 'family_name', Email: 'email', Phone: 'phone', MobilePhone: 'other_phones', Title: 'job_title',
      LeadSource: 'source', ...mailing('Mailing', 'PostalCode', ''), 'Account.Name': 'company', 'Owner.Name': 'owner', AccountId: 'company', OwnerId: null, Name: null, Salutation: 'salutation', MiddleName: 'middle_name', Suffix: 'suffix',
    },
  },
  {
    product: 'Pipedrive',
    signs: ['Person - Name'],
    columns: {
      'Person - ID': 'external_id', 'Person - Name': 'full_name', 'Person - Email - Work': 'email', 'Person - Email': 'email', 'Person - Phone - Work': 'phone', 'Person - Phone': 'phone',
      'Person - Organization': 'company', 'Person - Owner': 'owner', 'Person - Job title': 'job_title', 'Person - Label': 'tags', 'Person - Labels': 'tags',
    },
  },
  {
    product: 'Zoho CRM',
    signs: ['Last Name', 'Contact Owner', 'Account Name'],
    columns: {
      'Record Id': 'external_id', 'Contact Owner': 'owner', ...person, Title: 'job_title', 'Account Name': 'company', Phone: 'phone', Mobile: 'other_phones',
      'Secondary Email': 'other_emails', 'Lead Source': 'source', ...mailing('Mailing', 'Zip'), Tag: 'tags', 'Contact Owner.id': null, 'Account Name.id': null,
    },
  },
]; // biome-ignore format: columns in the order of the file

export const companyPresets: readonly Preset[] = [
  {
    product: 'HubSpot',
    signs: ['Record ID', 'Company name', 'Company owner'],
    columns: {
      'Record ID': 'external_id', 'Company name': 'name', 'Company owner': 'owner', 'Company Domain Name': 'domain', Industry: 'industry', 'Phone Number': 'phone',
      'Number of Employees': 'employee_count', 'Annual Revenue': 'annual_revenue', 'Year Founded': 'founded_year', 'Website URL': 'website', Description: 'description',
      'Street Address': 'street', City: 'city', 'State/Region': 'region', 'Postal Code': 'postal_code', 'Country/Region': 'country', 'Parent Company': 'parent',
    },
  },
  {
    product: 'Salesforce',
    signs: ['Id', 'Name', 'BillingCity', 'OwnerId'],
    columns: {
      Id: 'external_id', Name: 'name', Industry: 'industry', NumberOfEmployees: 'employee_count', AnnualRevenue: 'annual_revenue', Phone: 'phone', Website: 'website',
      Description: 'description', ...mailing('Billing', 'PostalCode', ''), 'Parent.Name': 'parent', 'Owner.Name': 'owner', ParentId: 'parent', OwnerId: null,
    },
  },
  {
    product: 'Pipedrive',
    signs: ['Organization - Name', 'Organization - Owner'],
    columns: {
      'Organization - ID': 'external_id', 'Organization - Name': 'name', 'Organization - Owner': 'owner', 'Organization - Address': 'street', 'Organization - Website': 'website',
      'Organization - Industry': 'industry', 'Organization - Annual revenue': 'annual_revenue', 'Organization - Number of employees': 'employee_count',
      'Organization - Label': 'tags', 'Organization - Labels': 'tags',
    },
  },
  {
    product: 'Zoho CRM',
    signs: ['Account Name', 'Account Owner'],
    columns: {
      'Record Id': 'external_id', 'Account Owner': 'owner', 'Account Name': 'name', Phone: 'phone', Website: 'website', Industry: 'industry', Employees: 'employee_count',
      'Annual Revenue': 'annual_revenue', 'Parent Account': 'parent', Description: 'description', ...mailing('Billing', 'Code'), Tag: 'tags', 'Account Owner.id': null,
    },
  },
]; // biome-ignore format: columns in the order of the file
