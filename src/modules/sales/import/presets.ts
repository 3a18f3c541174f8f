import type { Preset } from '../../../platform/import/index.ts';

/** How the exports of other systems name the columns of deals; `directory/import/presets.ts` says where that is written. */
export const dealPresets: readonly Preset[] = [
  {
    product: 'HubSpot',
    signs: ['Record ID', 'Deal Name', 'Deal owner'],
    columns: {
      'Record ID': 'external_id', 'Deal Name': 'name', 'Deal owner': 'owner', Pipeline: 'pipeline', 'Deal Stage': 'stage', Amount: 'amount', Currency: 'currency',
      'Close Date': 'closed_on', 'Create Date': 'opened_on', 'Associated Company': 'company', 'Associated Contact': 'contact', 'Closed Lost Reason': 'close_reason',
      'Associated Company IDs': null, 'Associated Contact IDs': null, 'Amount in company currency': null,
    },
  },
  {
    product: 'Salesforce',
    signs: ['Id', 'StageName', 'CloseDate'],
    columns: {
      Id: 'external_id', Name: 'name', StageName: 'stage', Amount: 'amount', CurrencyIsoCode: 'currency', CloseDate: 'closed_on', CreatedDate: 'opened_on', LeadSource: 'source',
      Description: 'description', 'Account.Name': 'company', 'Owner.Name': 'owner', AccountId: 'company', OwnerId: null, ContactId: 'contact', Type: null,
    },
  },
  {
    product: 'Pipedrive',
    signs: ['Deal - Title', 'Deal - Stage'],
    columns: {
      'Deal - ID': 'external_id', 'Deal - Title': 'name', 'Deal - Value': 'amount', 'Deal - Currency of Value': 'currency', 'Deal - Pipeline': 'pipeline', 'Deal - Stage': 'stage',
      'Deal - Organization': 'company', 'Deal - Contact person': 'contact', 'Deal - Owner': 'owner', 'Deal - Expected close date': 'expected_close_on', 'Deal - Deal created': 'opened_on',
      'Deal - Lost reason': 'close_reason', 'Deal - Label': 'tags', 'Deal - Status': null,
    },
  },
  {
    product: 'Zoho CRM',
    signs: ['Deal Name', 'Deal Owner', 'Closing Date'],
    columns: {
      'Record Id': 'external_id', 'Deal Owner': 'owner', 'Deal Name': 'name', 'Account Name': 'company', 'Contact Name': 'contact', Stage: 'stage', Pipeline: 'pipeline', Amount: 'amount',
      Currency: 'currency', 'Closing Date': 'closed_on', 'Created Time': 'opened_on', 'Lead Source': 'source', Description: 'description', Tag: 'tags', 'Deal Owner.id': null,
    },
  },
]; // biome-ignore format: columns in the order of the file
