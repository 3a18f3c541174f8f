import type { Product } from '../../kernel/features/product.ts';
import { acceptedBreakType } from './accepted-break/index.ts';
import { accountOwnerType } from './account-owner/index.ts';
import { adviserHomeRoutes } from './adviser-home/index.ts';
import { asOfRoutes } from './as-of/index.ts';
import { clientProfileRoutes, clientProfileType, identityDocumentType } from './client-profile/index.ts';
import { clientReviewType } from './client-review/index.ts';
import { communicationType } from './communication/index.ts';
import { custodianType } from './custodian/index.ts';
import { documentRoutes, documentType } from './document/index.ts';
import { examinerExportJobs, examinerExportRoutes, examinerExportType } from './examiner-export/index.ts';
import { exchangeRateType } from './exchange-rate/index.ts';
import { figureRoutes } from './figures/index.ts';
import { financialAccountType } from './financial-account/index.ts';
import { goalAccountType, goalType } from './goal/index.ts';
import { householdType } from './household/index.ts';
import { householdAdviserType } from './household-adviser/index.ts';
import { householdMemberType } from './household-member/index.ts';
import { advisers } from './household-reach.ts';
import { legalEntityType } from './legal-entity/index.ts';
import { positionType } from './position/index.ts';
import { priceType } from './price/index.ts';
import { relationshipType } from './relationship/index.ts';
import { securityType } from './security/index.ts';
import { suitabilityProfileType } from './suitability-profile/index.ts';
import { transactionType } from './transaction/index.ts';

export const wealth: Product = {
  name: 'wealth',
  title: 'Wealth',
  description: 'Households with their members, advisers, entities, relationships and accounts',
  recordTypes: [
    householdType,
    // Undoing takes members out before their advisers, by whom they are reached.
    householdAdviserType,
    householdMemberType,
    legalEntityType,
    relationshipType,
    clientProfileType,
    identityDocumentType,
    securityType,
    custodianType,
    priceType,
    exchangeRateType,
    financialAccountType,
    accountOwnerType,
    acceptedBreakType,
    positionType,
    transactionType,
    documentType,
    communicationType,
    goalType,
    goalAccountType,
    suitabilityProfileType,
    clientReviewType,
    examinerExportType,
  ],
  // Advisers of a household reach the contacts of its members, as long as they are.
  reach: [
    {
      resource: 'contact',
      reach: {
        kind: 'household',
        column: 'id',
        members: advisers,
        links: {
          table: 'household_member',
          row: 'contact_id',
          group: 'household_id',
          from: 'from_on',
          until: 'until_on',
        },
      },
    },
  ],
  rights: [],
  routes: (services) => [
    ...clientProfileRoutes,
    ...figureRoutes,
    ...adviserHomeRoutes,
    ...documentRoutes(services),
    ...asOfRoutes,
    ...examinerExportRoutes(services),
  ],
  jobs: examinerExportJobs,
  schedules: [],
  consumers: [],
};
