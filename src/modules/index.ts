import { kernelRights } from '../kernel/access/kernel-rights.ts';
import { kernelTables } from '../kernel/access/kernel-tables.ts';
import { extendReach, type TableRule } from '../kernel/access/table-rule.ts';
import { recordTypeNames } from '../kernel/contract/resource.ts';
import { kernelFeatures } from '../kernel/features/kernel-features.ts';
import {
  consumersOf,
  inProducts,
  jobsOf,
  type Product,
  schedulesOf,
  type Watcher,
  watchersOf,
  withFeature,
} from '../kernel/features/product.ts';
import { declareFeatures } from '../kernel/features/registry.ts';
import type { Consumer } from '../kernel/feed/consumer.ts';
import { crudRoutes } from '../kernel/http/crud.ts';
import { revealRoutes } from '../kernel/http/reveal.ts';
import type { Route } from '../kernel/http/route.ts';
import { identityTables } from '../kernel/identity/tables.ts';
import { team } from '../kernel/identity/team/contract.ts';
import { user } from '../kernel/identity/user/contract.ts';
import type { JobKind } from '../kernel/jobs/kind.ts';
import type { Schedule } from '../kernel/jobs/schedule.ts';
import { declareMailWords } from '../kernel/mail/words.ts';
import type { RecordType } from '../kernel/record-type/record-type.ts';
import { byReferences, registerRecordTypes } from '../kernel/record-type/registry.ts';
import type { Services } from '../kernel/services.ts';
import { attachment } from '../platform/attachment/contract.ts';
import { attachmentRoutes } from '../platform/attachment/index.ts';
import { recordActions } from '../platform/bulk/index.ts';
import { changeJobs, changeRoutes, type ImportReversal, whenChangeDropped } from '../platform/change/index.ts';
import { commentType } from '../platform/comment/index.ts';
import * as customField from '../platform/custom-field/index.ts';
import * as duplicate from '../platform/duplicate/index.ts';
import { declareDuplicateWays } from '../platform/duplicate/way/contract.ts';
import { type ExportTarget, exportJobs, exportRoutes } from '../platform/export/index.ts';
import { favouriteRoutes } from '../platform/favourite/index.ts';
import { platformFeatures } from '../platform/features.ts';
import { followerRoutes } from '../platform/follower/index.ts';
import {
  contractTarget,
  endReversal,
  type FileFormat,
  type ImportTarget,
  importable,
  importJobs,
  importRoutes,
  userTarget,
} from '../platform/import/index.ts';
import { peopleRoute } from '../platform/mention/index.ts';
import * as merge from '../platform/merge/index.ts';
import { noteType } from '../platform/note/index.ts';
import {
  germanOfNotifications,
  notificationConsumer,
  notificationJobs,
  notificationRoutes,
} from '../platform/notification/index.ts';
import { presenceRoutes } from '../platform/presence/index.ts';
import { directoryRights } from '../platform/rights.ts';
import { savedView } from '../platform/saved-view/contract.ts';
import { savedViewRoutes } from '../platform/saved-view/index.ts';
import { searchRoutes } from '../platform/search/index.ts';
import { tagType } from '../platform/tag/index.ts';
import { timelineRoute } from '../platform/timeline/index.ts';
import { trashRoutes } from '../platform/trash/index.ts';
import { undoKinds } from '../platform/undo/index.ts';
import { webhookConsumer, webhookJobs, webhookRoutes } from '../platform/webhook/index.ts';
import { activityType } from './directory/activity/index.ts';
import { calendarFeedRoutes } from './directory/calendar-feed/index.ts';
import { companyType } from './directory/company/index.ts';
import { contactType } from './directory/contact/index.ts';
import { position } from './directory/contact-position/contract.ts';
import * as contactPosition from './directory/contact-position/index.ts';
import { directoryWays } from './directory/duplicate/index.ts';
import { directoryFormats, directoryTargets, entryTargets } from './directory/import/index.ts';
import { directoryTables } from './directory/tables.ts';
import { taskJobs, taskSchedules, taskType } from './directory/task/index.ts';
import { cardRoutes } from './directory/vcard/index.ts';
import { searchByMeaning } from './insight/meaning/index.ts';
import { insight } from './insight/product.ts';
import { insightTables } from './insight/tables.ts';
import { germanOfAliases } from './mail/index.ts';
import { mail } from './mail/product.ts';
import { mailTables } from './mail/tables.ts';
import { startDealsAction } from './sales/add-to-pipeline/index.ts';
import { closeReasonType } from './sales/close-reason/index.ts';
import { currencyRateType } from './sales/currency/index.ts';
import { germanOfMailings, mailingJobs, removeMailing, restoredMailings } from './sales/dashboard-mailing/index.ts';
import { dashboardTile } from './sales/dashboard-tile/contract.ts';
import { dealType } from './sales/deal/index.ts';
import { setDealsAction } from './sales/deal-bulk-edit/index.ts';
import { salesTargets } from './sales/import/index.ts';
import { salesRoutes } from './sales/index.ts';
import { dashboardType } from './sales/own-dashboard/index.ts';
import { pipelineType } from './sales/pipeline/index.ts';
import { productType } from './sales/product/index.ts';
import { salesRights } from './sales/rights.ts';
import { salesTargetType } from './sales/sales-target/index.ts';
import { refreshScores, scoreConsumer, scoringJobs, scoringSchedules } from './sales/scoring/index.ts';
import { scoringRuleType } from './sales/scoring-rule/index.ts';
import { stageType } from './sales/stage/index.ts';
import { salesTables } from './sales/tables.ts';
import { clientProfileTarget } from './wealth/client-profile/index.ts';
import { wealth } from './wealth/product.ts';
import { wealthTables } from './wealth/tables.ts';

const sales: Product = {
  name: 'sales',
  title: 'Sales',
  description: 'Deals with pipelines, products, scores and dashboards',
  recordTypes: [
    dealType,
    pipelineType,
    stageType,
    closeReasonType,
    productType,
    currencyRateType,
    scoringRuleType,
    dashboardType,
    salesTargetType,
  ],
  rights: salesRights,
  routes: salesRoutes,
  jobs: (services) => [...scoringJobs, ...mailingJobs(services)],
  schedules: scoringSchedules,
  consumers: [scoreConsumer],
  whenSwitchedOn: refreshScores,
};
/** What workspaces switch on and off; a new product is one more line. */
const products: readonly Product[] = [
  mail,
  sales,
  wealth,
  insight,
  // In this order they stand in the settings.
];
extendReach(products.flatMap(({ reach = [] }) => reach));
declareMailWords('de', germanOfNotifications);
declareMailWords('de', germanOfMailings);
declareMailWords('de', germanOfAliases);
declareDuplicateWays(directoryWays);
declareFeatures(products, [...platformFeatures, ...kernelFeatures]);

/** Every record type; a new one is one more line. In this order they stand in the API documents. */
export const recordTypes = registerRecordTypes(
  [
    contactType,
    companyType,
    tagType,
    noteType,
    commentType,
    taskType,
    activityType,
    ...products.flatMap(({ recordTypes }) => recordTypes),
  ],
  [...kernelRights, ...directoryRights, ...products.flatMap(({ rights }) => rights)],
);

const resourcesOf = (types: readonly RecordType[]) => types.map(({ resource }) => resource);
/** On which tags, notes, tasks and their kind hang. */
export const records = resourcesOf(recordTypes).filter(({ attachable }) => attachable);
/** The record types that may have custom fields: those that people work with, not settings and the like. */
const listed = resourcesOf(recordTypes).filter(({ name }) => recordTypeNames().includes(name));
/** Those that people make favourites: what opens by itself. Notes and activities are read on their record. */
export const favouriteTypes = [
  ...listed.filter(({ name }) => !['note', 'activity'].includes(name)),
  dashboardType.resource,
  savedView,
];
const ownTargets = [userTarget, ...directoryTargets, ...salesTargets, ...entryTargets(), clientProfileTarget];
const derivedTargets = recordTypes.filter(
  ({ resource }) => listed.includes(resource) && !ownTargets.some((target) => target.contract === resource),
);
/**
 * What can be imported, in the order in which it loads where nothing else decides. A record type whose rules look at
 * what is created needs a target of its own that does so too.
 */
export const importTargets: readonly ImportTarget[] = [
  ...ownTargets,
  ...resourcesOf(derivedTargets.filter(({ rules }) => !rules?.beforeCreate && !rules?.create)).map(contractTarget),
].map(importable);
/** Files that are no plain tables, beside workbooks. */
export const importFormats: readonly FileFormat[] = directoryFormats;
export const exportTargets: readonly ExportTarget[] = [
  ...ownTargets,
  ...resourcesOf(derivedTargets).map(contractTarget),
];
/** What webhooks tell of. */
const hookable = resourcesOf(recordTypes.filter(({ webhooks }) => webhooks));
export const trashable = [...resourcesOf(recordTypes).filter(({ trash }) => trash), attachment];

export const undoableResources = [...resourcesOf(recordTypes), dashboardTile, attachment, position, savedView];
/** What can be undone; those that others refer to come first. */
const undoable = undoKinds(byReferences(undoableResources), [restoredMailings]);
/** Imports also make people and teams, which nobody else's changes can be undone of: that could give rights away. */
const undoableImports = undoKinds(byReferences([user, team, ...undoableResources]));

/** What can be done to many records at once. */
const bulkActions = [...recordActions(listed), startDealsAction, setDealsAction];

/** Who reaches which rows, of every table. */
export const tableRules: readonly TableRule[] = [
  ...kernelTables,
  ...identityTables,
  ...directoryTables,
  ...mailTables,
  ...salesTables,
  ...wealthTables,
  ...insightTables,
  ...recordTypes.flatMap(({ rule }) => rule ?? []),
];

function routesOf(services: Services, { resource, rules, routes = [] }: RecordType): Route[] {
  const ofAll = [...routes, ...crudRoutes(resource, rules), ...revealRoutes(resource)];
  if (!records.includes(resource)) return ofAll;
  return [
    ...ofAll,
    timelineRoute(resource),
    peopleRoute(resource),
    ...followerRoutes(resource),
    ...presenceRoutes(services, resource),
  ];
}

/** Every route of the modules. */
export function moduleRoutes(services: Services): Route[] {
  return inProducts(products, [
    ...recordTypes.flatMap((type) => routesOf(services, type)),
    ...contactPosition.routes,
    ...cardRoutes,
    ...attachmentRoutes(services),
    ...notificationRoutes(services, records, { dashboard: removeMailing }),
    ...calendarFeedRoutes(services),
    ...customField.routes,
    ...savedViewRoutes(listed),
    ...favouriteRoutes(favouriteTypes),
    ...merge.mergeRoutes(recordTypes),
    ...duplicate.duplicateRoutes(),
    ...searchRoutes(recordTypes, searchByMeaning(services)),
    ...products.flatMap(({ name, routes }) => withFeature(name, routes(services))),
    ...withFeature(
      'imports',
      importRoutes(services, { targets: importTargets, formats: importFormats }, undoableImports),
    ),
    ...withFeature('exports', exportRoutes(services, exportTargets)),
    ...changeRoutes(undoable, bulkActions),
    ...trashRoutes(trashable),
    ...webhookRoutes(services, hookable),
  ]);
}

const importReversal: ImportReversal = { kinds: undoableImports, onEnd: endReversal };
whenChangeDropped(importReversal);

/** Every kind of job of the modules. */
export function moduleJobs(services: Services): JobKind[] {
  return [
    ...importJobs(services, importTargets),
    ...exportJobs(services, exportTargets),
    ...duplicate.duplicateJobs,
    ...jobsOf(products, services),
    ...notificationJobs(services, records),
    ...taskJobs(services),
    ...changeJobs(undoable, bulkActions, importReversal),
    ...webhookJobs(services, hookable),
  ];
}

/** What modules do again and again, by the clock. */
export const moduleSchedules: readonly Schedule[] = [
  ...duplicate.duplicateSchedules,
  ...schedulesOf(products),
  ...taskSchedules,
];

export const moduleWatchers = (services: Services): Watcher[] => watchersOf(products, services);

/** What reacts to changes. */
export const moduleConsumers = (services: Services): Consumer[] => [
  notificationConsumer(services, records),
  duplicate.duplicateConsumer(),
  ...consumersOf(products),
  webhookConsumer(services, hookable),
];
