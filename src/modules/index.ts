import { withFeature } from '../kernel/features/service.ts';
import type { Route } from '../kernel/http/route.ts';
import type { JobKind } from '../kernel/jobs/kind.ts';
import type { PeriodicTask } from '../kernel/jobs/worker.ts';
import type { Services } from '../kernel/services.ts';
import { activity as activityResource } from './directory/activity/contract.ts';
import * as activity from './directory/activity/index.ts';
import { attachment as attachmentResource } from './directory/attachment/contract.ts';
import { attachmentRoutes } from './directory/attachment/index.ts';
import { recordActions } from './directory/bulk/index.ts';
import { calendarFeedRoutes } from './directory/calendar-feed/index.ts';
import { changeJobs, changeRoutes } from './directory/change/index.ts';
import { comment as commentResource } from './directory/comment/contract.ts';
import * as comment from './directory/comment/index.ts';
import { company as companyResource } from './directory/company/contract.ts';
import * as company from './directory/company/index.ts';
import { contact as contactResource } from './directory/contact/contract.ts';
import * as contact from './directory/contact/index.ts';
import { position } from './directory/contact-position/contract.ts';
import * as contactPosition from './directory/contact-position/index.ts';
import * as customField from './directory/custom-field/index.ts';
import * as duplicate from './directory/duplicate/index.ts';
import { exportJobs, exportRoutes } from './directory/export/index.ts';
import { followerRoutes } from './directory/follower/index.ts';
import { directoryTargets, type ImportTarget, importJobs, importRoutes } from './directory/import/index.ts';
import { peopleRoute } from './directory/mention/index.ts';
import * as merge from './directory/merge/index.ts';
import { note as noteResource } from './directory/note/contract.ts';
import * as note from './directory/note/index.ts';
import { noticeTask, notificationJobs, notificationRoutes } from './directory/notification/index.ts';
import { presenceRoutes } from './directory/presence/index.ts';
import { savedViewRoutes } from './directory/saved-view/index.ts';
import * as search from './directory/search/index.ts';
import { tag as tagResource } from './directory/tag/contract.ts';
import * as tag from './directory/tag/index.ts';
import { task as taskResource } from './directory/task/contract.ts';
import * as task from './directory/task/index.ts';
import * as timeline from './directory/timeline/index.ts';
import { trashRoutes } from './directory/trash/index.ts';
import { undoKinds } from './directory/undo/index.ts';
import { cardRoutes } from './directory/vcard/index.ts';
import { startDealsAction } from './sales/add-to-pipeline/index.ts';
import { closeReason } from './sales/close-reason/contract.ts';
import { currencyRate } from './sales/currency/contract.ts';
import { mailingJobs, removeMailing } from './sales/dashboard-mailing/index.ts';
import { dashboardTile } from './sales/dashboard-tile/contract.ts';
import { deal as dealResource } from './sales/deal/contract.ts';
import { setDealsAction } from './sales/deal-bulk-edit/index.ts';
import { salesTargets } from './sales/import/index.ts';
import { salesRoutes } from './sales/index.ts';
import { ownDashboard } from './sales/own-dashboard/contract.ts';
import { pipeline as pipelineResource } from './sales/pipeline/contract.ts';
import { product as productResource } from './sales/product/contract.ts';
import { salesTarget } from './sales/sales-target/contract.ts';
import { scoreTask, scoringJobs } from './sales/scoring/index.ts';
import { scoringRule } from './sales/scoring-rule/contract.ts';
import { stage as stageResource } from './sales/stage/contract.ts';

/** What can be imported, in the order in which it loads where nothing else decides. */
export const importTargets: readonly ImportTarget[] = [...directoryTargets, ...salesTargets];

const records = [companyResource, contactResource, dealResource];
const trashable = [...records, noteResource, taskResource, activityResource, commentResource, attachmentResource];

/** What can be taken back; those that others refer to come first. */
const undoable = undoKinds([
  tagResource,
  productResource,
  pipelineResource,
  stageResource,
  closeReason,
  scoringRule,
  currencyRate,
  ownDashboard,
  dashboardTile,
  salesTarget,
  ...trashable,
  position,
]);

/** What can be done to many records at once. */
const bulkActions = [...recordActions(records), startDealsAction, setDealsAction];

/** Every route of the modules. */
export function moduleRoutes(services: Services): Route[] {
  return [
    ...contact.routes,
    ...contactPosition.routes,
    ...cardRoutes,
    ...company.routes,
    ...tag.routes,
    ...note.routes,
    ...comment.routes,
    ...attachmentRoutes(services),
    ...records.map(peopleRoute),
    ...records.flatMap(followerRoutes),
    ...records.flatMap((resource) => presenceRoutes(services, resource)),
    ...notificationRoutes(services, records, { dashboard: removeMailing }),
    ...task.routes,
    ...activity.routes,
    ...calendarFeedRoutes(services),
    ...customField.routes,
    ...savedViewRoutes(records),
    ...timeline.routes,
    ...merge.routes,
    ...duplicate.routes,
    ...search.routes,
    ...salesRoutes(services),
    ...withFeature('imports', importRoutes(services, importTargets)),
    ...withFeature('exports', exportRoutes(services, importTargets)),
    ...changeRoutes(undoable, bulkActions),
    ...trashRoutes(trashable),
  ];
}

/** Every kind of job of the modules. */
export function moduleJobs(services: Services): JobKind[] {
  return [
    ...importJobs(services, importTargets),
    ...exportJobs(services, importTargets),
    ...duplicate.duplicateJobs,
    ...scoringJobs,
    ...notificationJobs(services, records),
    ...mailingJobs(services),
    ...changeJobs(undoable, bulkActions),
  ];
}

/** What the worker looks after from time to time. */
export const modulePeriodicTasks: readonly PeriodicTask[] = [noticeTask, scoreTask, duplicate.suspectTask];
